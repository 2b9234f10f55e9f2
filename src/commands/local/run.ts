import type { Command } from 'commander';
import { DEFAULT_PORT } from '../../lib/engine/background.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { parseIdentity } from '../../lib/rules/identities.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import {
  addEngineFlags,
  type EngineFlags,
  engineAccess,
  environmentNotes,
  openWarning,
  readEngineFlags,
} from './engine-flags.ts';

/** `pubsub local run` */
export function defineRun(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub local run',
      'pubsub local run --ephemeral --init pubsub.yaml',
      'pubsub local run --host 0.0.0.0 --allow-anyone --allow-host pubsub',
    ],
    'pubsub local env, in another terminal',
  );
  addEngineFlags(command).action((flags: EngineFlags) =>
    run(command, (context) => serve(context, flags)),
  );
}

async function serve(context: CommandContext, flags: EngineFlags): Promise<undefined> {
  const { io, printer, settings } = context;
  const { runEngine } = await import('../../lib/engine/background/run.ts');
  const {
    port = DEFAULT_PORT,
    ephemeral = false,
    ...rest
  } = readEngineFlags(flags, io.env, settings.stateDir);
  const warning = openWarning(rest);
  if (warning !== undefined) printer.warn(warning);
  for (const note of environmentNotes(io.env)) printer.note(note);
  const log = (level: 'info' | 'error', message: string, details: object = {}) => {
    const entry = { time: new Date().toISOString(), level, message, ...details };
    printer.record(entry);
    printer.text(JSON.stringify(entry));
  };
  const { identities = [], allowHosts, owner: _, ...options } = rest;
  const ran = await runEngine(
    {
      ...options,
      port,
      ephemeral,
      isStarting: flags.init !== undefined,
      identities: identities.map(parseIdentity),
      ...(allowHosts === undefined ? {} : { allowedHosts: allowHosts }),
    },
    log,
  ).catch((error: unknown) => refuse(error, port));
  if (ran.kind === 'held') throw alreadyRunning(settings.stateDir, ran.pid);
  const { running, record, stop } = ran;
  try {
    // The page's address has a token in it: no log keeps that.
    const { page, ...told } = record;
    log('info', 'started', { ...told, stateDir: settings.stateDir });
    if (page !== undefined) printer.note(`Page: ${page}`);
    if (flags.init !== undefined) {
      const { initialize } = await import('../../embedded/init.ts');
      const access = engineAccess(running.endpoint, settings.region, rest.token);
      await initialize(flags.init, access, io);
      running.observed.isStarting = false;
      log('info', 'initialized', { file: flags.init });
    }
    await stopped(io.interrupts.stop);
    log('info', 'stopping');
  } finally {
    await stop();
  }
  log('info', 'stopped');
  return undefined;
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    signal.addEventListener('abort', () => done(), { once: true });
  });
}

async function refuse(error: unknown, port: number): Promise<never> {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  const { portTaken } = await import('../../lib/engine/background/port-owner.ts');
  throw await portTaken(port);
}

function alreadyRunning(stateDir: string, pid: number): AppError {
  return new AppError({
    code: 'AlreadyRunning',
    message: `A local engine (pid ${pid}) runs already on ${stateDir}.`,
    hint: 'pubsub local stop',
  });
}
