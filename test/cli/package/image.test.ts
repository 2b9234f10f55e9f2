import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-image-'));
const IMAGE = 'pubsub-under-test';
const BASE = 'pubsub-test-base';

/** Debian's buildah with a store of its own; in a chroot, which needs no container engine. */
const STORE = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
const env = { ...process.env, BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs' };
const buildah = async (...args: string[]) =>
  (await run('buildah', [...STORE, ...args], { cwd: ROOT, env, maxBuffer: 2 ** 26 })).stdout.trim();

/** Why images can't be built here; undefined where they can. */
function obstacle(): string | undefined {
  try {
    execFileSync('buildah', [...STORE, 'info'], { env, stdio: 'ignore' });
  } catch {
    return 'buildah is not installed, or may not build';
  }
  return undefined;
}
const missing = obstacle();

/** What a stage of the Dockerfile runs: Node, npm, a shell, and what its lines call. */
const PROGRAMS = ['sh', 'mkdir', 'chown'];

/** A file that the loader needs, by the name that it asks for. */
const librariesOf = (program: string) =>
  [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].map(
    ([, path = '']) => path,
  );

/** Stands for `node:22-slim`, which can't be pulled everywhere: this machine's own Node and shell. */
async function commitBase(): Promise<void> {
  const files = join(folder, 'base');
  const place = (from: string, to: string) => {
    mkdirSync(dirname(join(files, to)), { recursive: true });
    cpSync(from, join(files, to), { recursive: true, dereference: true });
  };
  const programs = PROGRAMS.map((name) => [`/bin/${name}`, `/bin/${name}`]);
  for (const [from = '', to = ''] of [[process.execPath, '/usr/bin/node'], ...programs]) {
    place(realpathSync(from), to);
    for (const library of librariesOf(from)) place(library, library);
  }
  const npm = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
  place(join(dirname(npm), '..'), '/usr/lib/node_modules/npm');
  const call = '#!/bin/sh\nexec node /usr/lib/node_modules/npm/bin/npm-cli.js "$@"\n';
  writeFileSync(join(files, 'usr/bin/npm'), call, { mode: 0o755 });
  mkdirSync(join(files, 'tmp'));
  if (existsSync('/etc/passwd')) place('/etc/passwd', '/etc/passwd');
  const container = await buildah('from', 'scratch');
  await buildah('copy', container, files, '/');
  await buildah('config', '--env', 'PATH=/usr/bin:/bin', '--env', 'HOME=/root', container);
  await buildah('commit', '--rm', container, BASE);
  rmSync(files, { recursive: true });
}

interface Config {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly ExposedPorts: object;
  readonly Healthcheck: { readonly Test: readonly [string, ...string[]] };
}

describe.skipIf(missing !== undefined)('the image of the Dockerfile', () => {
  let config: Config;
  let container: string;
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    await commitBase();
    const { stdout } = await run('npm', ['config', 'get', 'cache']);
    const cache = ['--volume', `${stdout.trim()}:/root/.npm`];
    const flags = ['--pull-never', '--format', 'docker', '--build-arg', `BASE=localhost/${BASE}`];
    await buildah('build', ...flags, ...cache, '--tag', IMAGE, '.');
    const inspected = JSON.parse(await buildah('inspect', '--type', 'image', IMAGE));
    config = inspected.Docker.config;
    container = await buildah('from', '--pull-never', IMAGE);
  }, 600_000);
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await buildah('rm', '--all').catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  /** As `docker run` does: the image's own user, its entrypoint, and other arguments in place of its command. */
  const inContainer = (...command: string[]) =>
    spawn('buildah', [...STORE, 'run', container, '--', ...command], { env });

  it('runs as a user without rights, shows its port and looks after its health', () => {
    expect(config.User).toBe('65532:65532');
    expect(Object.keys(config.ExposedPorts)).toEqual(['4566/tcp']);
    expect(config.Healthcheck.Test[0]).toBe('CMD');
    expect(config.Cmd).toEqual(['--allow-anyone']);
  });

  it('holds what runs, and not what builds it', async () => {
    const child = inContainer('node', '-e', 'console.log(JSON.stringify(fs.readdirSync("/app")))');
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(JSON.parse(text).sort()).toEqual([
      'bin',
      'dist',
      'node_modules',
      'package.json',
      'topologies',
    ]);
  });

  it('answers, is healthy while it does, keeps what it took, and ends in order', async () => {
    const health = () =>
      new Promise((resolve) => {
        inContainer(...config.Healthcheck.Test.slice(1)).once('close', resolve);
      });
    expect(await health()).not.toBe(0);
    const start = async () => {
      const child = inContainer(...config.Entrypoint, '--port', '0', ...config.Cmd);
      started.push(child);
      let log = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          log += String(chunk);
        });
      }
      const ended = new Promise((resolve) => child.once('close', resolve));
      await vi.waitFor(() => expect(log).toMatch(/"message":"started"/), { timeout: 60_000 });
      const record = JSON.parse(log.split('\n').find((line) => line.includes('"started"')) ?? '');
      return { record, ended, log: () => log };
    };
    const first = await start();
    const { endpoint, pid } = first.record;
    const answer = await fetch(`${endpoint}/?Action=CreateQueue&QueueName=kept`);
    expect(answer.status).toBe(200);
    expect(await health()).toBe(0);
    // Signals reach the engine itself: the container runs in this machine's own process table.
    process.kill(pid, 'SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.log()).toContain('"message":"stopped"');

    const second = await start();
    const listed = await fetch(`${second.record.endpoint}/?Action=ListQueues`);
    expect(await listed.text()).toContain('/000000000000/kept<');
    process.kill(second.record.pid, 'SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

it.runIf(missing !== undefined)('the image is built', ({ skip }) => skip(missing));
