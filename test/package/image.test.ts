import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-image-'));
const IMAGE = 'pubsub-under-test';
const BASE = 'pubsub-test-base';

/** Debian's buildah with a store of its own; in a chroot, which needs no container engine. */
const STORE = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
const env = { ...process.env, BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: storageDriver() };
const buildah = async (...args: string[]) =>
  (await run('buildah', [...STORE, ...args], { cwd: ROOT, env, maxBuffer: 2 ** 26 })).stdout.trim();

/** A driver that can mount a container here, the faster one first; undefined where none can, or nothing builds. */
function storageDriver(): string | undefined {
  return ['overlay', 'vfs'].find((driver) => {
    const quiet = { env: { ...process.env, STORAGE_DRIVER: driver }, stdio: 'ignore' } as const;
    try {
      execFileSync('buildah', [...STORE, 'from', '--name', 'trial', 'scratch'], quiet);
      execFileSync('buildah', [...STORE, 'mount', 'trial'], quiet);
      execFileSync('buildah', [...STORE, 'rm', 'trial'], quiet);
      return true;
    } catch {
      rmSync(join(folder, 'store'), { recursive: true, force: true });
      return false;
    }
  });
}
const canBuild = env.STORAGE_DRIVER !== undefined;

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

/** What an engine answers somebody who calls it by a name. */
function statusOf(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host };
    get({ host: '127.0.0.1', port, path: '/?Action=ListQueues', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once('error', reject);
  });
}

describe.skipIf(!canBuild)('the image of the Dockerfile', () => {
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
    const start = async (given: readonly string[]) => {
      const child = inContainer(...config.Entrypoint, ...given, '--port', '0');
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
    const { services } = parse(readFileSync(join(ROOT, 'examples/compose.yaml'), 'utf8'));
    const inMemory = (word: string) => word === '--ephemeral';
    const first = await start(services.pubsub.command.filter((each: string) => !inMemory(each)));
    const { endpoint, port, pid } = first.record;
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65532\t65532/m);
    const answer = await fetch(`${endpoint}/?Action=CreateQueue&QueueName=kept`);
    expect(answer.status).toBe(200);
    expect(await health()).toBe(0);
    expect(await statusOf(port, 'pubsub:4566')).toBe(200);
    expect(await statusOf(port, 'elsewhere:4566')).toBe(403);
    // Signals reach the engine itself: the container runs in this machine's own process table.
    process.kill(pid, 'SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.log()).toContain('"message":"stopped"');

    const second = await start(config.Cmd);
    const listed = await fetch(`${second.record.endpoint}/?Action=ListQueues`);
    expect(await listed.text()).toContain('/000000000000/kept<');
    process.kill(second.record.pid, 'SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

it.skipIf(canBuild)('the image is built', ({ skip }) => {
  skip('buildah is not installed, or may not build here');
});

it('the compose example is one that docker-compose takes', async ({ skip }) => {
  const file = join(ROOT, 'examples/compose.yaml');
  const problem = await run('docker-compose', ['-f', file, 'config', '--quiet']).catch(
    (error: NodeJS.ErrnoException & { stderr?: string }) => error,
  );
  if ('code' in problem && problem.code === 'ENOENT') skip('docker-compose is not installed');
  expect(problem.stderr).toBe('');
});
