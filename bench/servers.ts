import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ENGINE_NODE_OPTIONS } from '../src/lib/engine/background/node-options.ts';

/** A server under measurement, in a process of its own. */
export interface RunningServer {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export type ServerName = 'durable' | 'ephemeral' | 'fauxqs' | 'moto' | 'bare';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = process.env.PUBSUB_BENCH_ROOT ?? process.cwd();
const START_TIMEOUT_MS = 30_000;

const running = new Set<() => Promise<void>>();

/** Ends whatever still runs and removes its state: for a benchmark that is told to end early. */
export async function stopServers(): Promise<void> {
  await Promise.all([...running].map((stop) => stop()));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)));
}

/** Whether the server can be run here; the bare server and the engine always can. */
export function isInstalled(name: ServerName): boolean {
  if (name === 'moto') return onPath('moto_server');
  if (name === 'fauxqs') return existsSync(join(ROOT, 'bench/node_modules/fauxqs/dist/cli.js'));
  return true;
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    try {
      await fetch(endpoint);
      return;
    } catch {
      await sleep(20);
    }
  }
  throw new Error(`Nothing answered at ${endpoint} within ${START_TIMEOUT_MS / 1000} s.`);
}

function command(name: ServerName, port: number, stateDir: string): [string, string[]] {
  const engine = [
    ...ENGINE_NODE_OPTIONS,
    ...(process.env.PUBSUB_BENCH_NODE_OPTIONS ?? '').split(' ').filter((option) => option !== ''),
    process.env.PUBSUB_BENCH_ENGINE ?? join(ROOT, 'dist/engine.js'),
    ...['--state-dir', stateDir, '--port', String(port), '--loose-timings'],
  ];
  switch (name) {
    case 'durable':
      return [process.execPath, engine];
    case 'ephemeral':
      return [process.execPath, [...engine, '--ephemeral']];
    case 'fauxqs':
      return [process.execPath, [join(ROOT, 'bench/node_modules/fauxqs/dist/cli.js')]];
    case 'moto':
      return ['moto_server', ['-p', String(port)]];
    case 'bare':
      return [process.execPath, [join(HERE, 'bare.mjs'), String(port)]];
  }
}

/** Starts a server with fresh state and waits until it answers. @throws when it doesn't within 30 s */
export async function startServer(name: ServerName): Promise<RunningServer> {
  const port = await freePort();
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-bench-state-'));
  const [program, args] = command(name, port, stateDir);
  const child = spawn(program, args, {
    stdio: [
      'ignore',
      'ignore',
      process.env.PUBSUB_BENCH_STDERR === undefined ? 'ignore' : 'inherit',
    ],
    env: {
      ...process.env,
      FAUXQS_PORT: String(port),
      FAUXQS_HOST: '127.0.0.1',
      FAUXQS_LOGGER: 'false',
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    running.delete(stop);
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(killer);
    rmSync(stateDir, { recursive: true, force: true });
  };
  running.add(stop);
  try {
    await answers(endpoint, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, pid: child.pid ?? 0, stop };
}
