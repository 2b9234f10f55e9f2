import { resolve } from 'node:path';
import { findProgram } from '../../lib/consume/handlers/find-program.ts';
import { loadHandler, type ModuleHandler } from '../../lib/consume/handlers/module-handler.ts';
import { findSubscribers } from '../../lib/definition/find.ts';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { MAX_VISIBILITY_SECONDS } from '../../lib/rules/limits.ts';
import { splitCommand } from '../../lib/rules/text/command-words.ts';
import { select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';

export interface ListenFlags {
  readonly max?: string;
  readonly idleTimeout?: string;
  readonly concurrency?: string;
  readonly timeout?: string;
  readonly retryDelay?: string;
  readonly dedupeStore?: string;
  readonly exec?: string;
  readonly execMode?: string;
  readonly shell?: boolean;
  readonly handler?: string;
}

const EXEC_MODES = ['each', 'batch', 'stream'] as const;

/** A program that handles events: started for each, or kept. */
export interface ExecProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly mode: (typeof EXEC_MODES)[number];
}

/** What to listen to and how, checked. */
export interface ListenRequest {
  readonly topology: Topology;
  readonly subscribers: readonly SubscriberSpec[];
  /** Messages a subscriber takes before it ends. */
  readonly max: number | undefined;
  /** Seconds. */
  readonly idleTimeout: number | undefined;
  readonly concurrency: number | undefined;
  /** Seconds that a handler may take. */
  readonly timeout: number | undefined;
  /** Seconds until a failed message is visible again. */
  readonly retryDelay: number | undefined;
  /** The file that keeps which events were handled. */
  readonly dedupeStore: string | undefined;
  readonly program: ExecProgram | undefined;
  readonly module: ModuleHandler | undefined;
}

/** Handlers at once that can be asked for: each may be a process. */
export const MAX_CONCURRENCY = 1000;
const MAX_IDLE_TIMEOUT = 86_400;

/**
 * Reads and checks the words of `listen`; asks for the subscriber where somebody can be asked.
 * @throws AppError (exit 2) for what can't be.
 */
export async function readListenRequest(
  { io, printer }: CommandContext,
  topology: Topology,
  word: string | undefined,
  flags: ListenFlags,
): Promise<ListenRequest> {
  const names = [...topology.subscribers.map(({ name }) => name), 'all'];
  if (word === undefined && !printer.interactive) {
    throw usageError('Which subscriber?', `Subscribers: ${names.join(', ')}.`, 'MissingSubscriber');
  }
  const number = (
    flag: string,
    text: string | undefined,
    most: number,
    example: number,
    least = 1,
  ) => (text === undefined ? undefined : wholeNumber(flag, text, { least, most, example }));
  const request = {
    max: number('--max', flags.max, Number.MAX_SAFE_INTEGER, 10),
    idleTimeout: number('--idle-timeout', flags.idleTimeout, MAX_IDLE_TIMEOUT, 30),
    concurrency: number('--concurrency', flags.concurrency, MAX_CONCURRENCY, 20),
    timeout: number('--timeout', flags.timeout, MAX_VISIBILITY_SECONDS, 60),
    retryDelay: number('--retry-delay', flags.retryDelay, MAX_VISIBILITY_SECONDS, 5, 0),
    dedupeStore: flags.dedupeStore === undefined ? undefined : resolve(io.cwd, flags.dedupeStore),
    program: readProgram(flags, io.env.PATH ?? '', io.cwd),
    module:
      flags.handler === undefined ? undefined : await loadHandler(resolve(io.cwd, flags.handler)),
  };
  const wanted = word ?? (await select(io, 'Which subscriber?', names));
  return { topology, subscribers: findSubscribers(topology, wanted), ...request };
}

function readProgram(
  { exec, execMode = 'each', shell, handler }: ListenFlags,
  searchPath: string,
  cwd: string,
): ExecProgram | undefined {
  const mode = EXEC_MODES.find((each) => each === execMode);
  if (mode === undefined) {
    throw usageError(
      `--exec-mode must be ${EXEC_MODES.join(', ')}; not "${execMode}".`,
      'Such as --exec-mode stream',
    );
  }
  if (exec === undefined) {
    if (mode === 'each' && !shell) return undefined;
    throw usageError(`${shell ? '--shell' : '--exec-mode'} goes with --exec.`);
  }
  if (handler !== undefined) {
    throw usageError('--exec and --handler do not go together.', 'Leave one of them out.');
  }
  if (shell) return { file: findProgram('sh', searchPath, cwd), args: ['-c', exec], mode };
  const [name, ...args] = splitCommand(exec);
  return { file: findProgram(name, searchPath, cwd, args), args, mode };
}

function wholeNumber(
  flag: string,
  text: string,
  { least, most, example }: { least: number; most: number; example: number },
): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw usageError(
    `${flag} must be a whole number ${bounds}, not "${text}".`,
    `Such as ${flag} ${example}`,
  );
}
