import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { alive } from '../process/alive.ts';
import { claim } from '../process/lock.ts';
import { AppError } from '../rules/errors.ts';
import { parseFaults, parseSeed } from '../rules/faults.ts';
import { parseIdentity } from '../rules/identities.ts';
import type { Handshake } from './background/handshake.ts';
import type { LogEntry } from './background/log.ts';
import { writeRecord } from './background/record.ts';
import { type RunningEngine, startEngine } from './http/server.ts';
import { VERSION } from './version.ts';

/** How often an engine looks for the command that it was started for, in milliseconds. */
const OWNER_CHECK_MS = 500;

/** The engine as a process of its own: one JSON object a line on stdout is its log. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'state-dir': { type: 'string' },
      port: { type: 'string', default: '4566' },
      ephemeral: { type: 'boolean', default: false },
      'loose-timings': { type: 'boolean', default: false },
      faults: { type: 'string' },
      seed: { type: 'string', default: '0' },
      'allow-http': { type: 'string' },
      identity: { type: 'string', multiple: true },
      owner: { type: 'string' },
    },
  });
  if (values['state-dir'] === undefined) throw new Error('--state-dir is missing');
  const stateDir = resolve(values['state-dir']);
  const port = Number(values.port);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const held = await claim(stateDir, 'engine');
  if (!held.held) {
    log('info', 'another engine holds the state folder', { stateDir, holder: held.pid });
    await tell({ kind: 'held', pid: held.pid });
    process.exit(0);
  }
  const running = await startEngine({
    port,
    strictTimings: !values['loose-timings'],
    ...(values.ephemeral ? {} : { stateDir }),
    ...(values.identity === undefined ? {} : { identities: values.identity.map(parseIdentity) }),
    ...(values['allow-http'] === undefined ? {} : { allowHttp: values['allow-http'].split(',') }),
    ...(values.faults === undefined
      ? {}
      : { faults: parseFaults(values.faults), seed: parseSeed(values.seed) }),
    onBug: (error) => log('error', 'a call failed inside the engine', describe(error)),
  });
  endOnSignals(running);
  if (values.owner !== undefined) endWithOwner(Number(values.owner));
  const record = {
    pid: process.pid,
    port: running.port,
    endpoint: running.endpoint,
    instance: running.instance,
    ephemeral: values.ephemeral,
    version: VERSION,
    startedAt: new Date().toISOString(),
    requestedPort: port,
  };
  writeRecord(stateDir, record);
  log('info', 'started', { ...record, stateDir, faults: values.faults });
  await tell({ kind: 'ready', record });
}

function endOnSignals(running: RunningEngine): void {
  const end = (signal: NodeJS.Signals) => {
    log('info', 'stopping', { signal });
    running.stop().then(
      () => {
        log('info', 'stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log('error', 'did not stop cleanly', describe(error));
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

/** Ends an engine that was started for one command when that command is gone, however it went. */
function endWithOwner(owner: number): void {
  setInterval(() => {
    if (!alive(owner)) process.kill(process.pid, 'SIGTERM');
  }, OWNER_CHECK_MS).unref();
}

/** Tells the parent, and lets go of the channel: the engine outlives it. */
function tell(handshake: Handshake): Promise<void> {
  return new Promise((done) => {
    if (process.send === undefined) {
      done();
      return;
    }
    process.send(handshake, () => {
      if (process.connected) process.disconnect();
      done();
    });
  });
}

function log(level: LogEntry['level'], message: string, details: object = {}): void {
  const entry: LogEntry = { time: new Date().toISOString(), level, message, ...details };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, stack: error.stack };
}

async function fail(error: unknown): Promise<void> {
  log('error', 'did not start', describe(error));
  if (error instanceof AppError) {
    const { code, message, hint } = error;
    await tell({ kind: 'failed', code, message, ...(hint === undefined ? {} : { hint }) });
  } else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    await tell({ kind: 'port-taken', port: (error as unknown as { port: number }).port });
  } else {
    const message = `The local engine failed to start: ${error instanceof Error ? error.message : String(error)}.`;
    await tell({ kind: 'failed', code: 'EngineStartFailed', message, hint: 'pubsub local logs' });
  }
  process.exit(1);
}

process.on('uncaughtException', (error) => {
  log('error', 'the engine broke', describe(error));
  process.exit(1);
});

await main().catch(fail);
