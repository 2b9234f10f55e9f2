import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { alive } from '../process/alive.ts';
import { AppError } from '../rules/errors.ts';
import { parseFaults, parseSeed } from '../rules/faults.ts';
import { parseIdentity } from '../rules/identities.ts';
import { TOKEN_VARIABLE } from './background/environment.ts';
import type { Handshake } from './background/handshake.ts';
import type { LogEntry } from './background/log.ts';
import { describe, type RunOptions, runEngine } from './background/run.ts';
import type { RunningEngine } from './http/server.ts';

/** How often an engine looks for the command that it was started for, in milliseconds. */
const OWNER_CHECK_MS = 500;

/** The engine as a process of its own: one JSON object a line on stdout is its log. */
async function main(): Promise<void> {
  const { owner, ...options } = readArguments();
  const ran = await runEngine(options, log);
  if (ran.kind === 'held') {
    log('info', 'another engine holds the state folder', { holder: ran.pid });
    await tell({ kind: 'held', pid: ran.pid });
    process.exit(0);
  }
  endOnSignals(ran.running);
  if (owner !== undefined) endWithOwner(owner);
  // The page's address has a token in it: no log keeps that.
  const { page: _, ...told } = ran.record;
  log('info', 'started', { ...told, stateDir: options.stateDir });
  await tell({ kind: 'ready', record: ran.record });
}

function readArguments(): RunOptions & { readonly owner?: number } {
  const { values } = parseArgs({
    options: {
      'state-dir': { type: 'string' },
      port: { type: 'string', default: '4566' },
      host: { type: 'string' },
      'allow-host': { type: 'string', default: '' },
      ephemeral: { type: 'boolean', default: false },
      'loose-timings': { type: 'boolean', default: false },
      faults: { type: 'string' },
      seed: { type: 'string', default: '0' },
      'allow-http': { type: 'string' },
      identity: { type: 'string', multiple: true },
      policies: { type: 'string' },
      owner: { type: 'string' },
    },
  });
  const { host, policies, faults, owner } = values;
  if (values['state-dir'] === undefined) throw new Error('--state-dir is missing');
  const token = process.env[TOKEN_VARIABLE];
  return {
    stateDir: resolve(values['state-dir']),
    port: Number(values.port),
    ephemeral: values.ephemeral,
    strictTimings: !values['loose-timings'],
    allowedHosts: values['allow-host'].split(',').filter((name) => name !== ''),
    ...(host === undefined ? {} : { host }),
    ...(token === undefined ? {} : { token }),
    ...(policies === 'warn' ? { policies } : {}),
    ...(values.identity === undefined ? {} : { identities: values.identity.map(parseIdentity) }),
    ...(values['allow-http'] === undefined ? {} : { allowHttp: values['allow-http'].split(',') }),
    ...(faults === undefined ? {} : { faults: parseFaults(faults), seed: parseSeed(values.seed) }),
    ...(owner === undefined ? {} : { owner: Number(owner) }),
  };
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
  try {
    process.stdout.write(`${JSON.stringify(entry)}\n`);
  } catch {
    // There is no room for the log; the engine goes on without.
  }
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

// A log that can't be written is not a reason to end.
process.stdout.on('error', () => undefined);

process.on('uncaughtException', (error) => {
  log('error', 'the engine broke', describe(error));
  process.exit(1);
});

await main().catch(fail);
