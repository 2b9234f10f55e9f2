import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { createBuildah } from './buildah.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-image-'));
const IMAGE = 'pubsub-under-test';
const BASE = 'pubsub-test-base';
const { buildah, canBuild, commitBase, ...engine } = createBuildah(folder, ROOT);

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
    await commitBase(BASE);
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
  const inContainer = (...command: string[]) => engine.inContainer(container, ...command);

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
      return { record, ended };
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
    // Only an engine that stopped in order ends so. What it says of that last may get lost between buildah and here.
    expect(await first.ended).toBe(0);

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
