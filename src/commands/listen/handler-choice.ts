import { resolve } from 'node:path';
import { findProgram } from '../../lib/consume/handlers/find-program.ts';
import { FORWARD_TIMEOUT, type ForwardOptions } from '../../lib/consume/handlers/forward.ts';
import {
  handlerInFile,
  loadHandler,
  type ModuleHandler,
} from '../../lib/consume/handlers/module-handler.ts';
import type {
  FunctionHandlerSpec,
  SubscriberSpec,
  Topology,
} from '../../lib/definition/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { splitCommand } from '../../lib/rules/text/command-words.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { CommandContext } from '../command.ts';

/** Flags that say what handles events. */
export interface HandlerFlags {
  readonly exec?: string;
  readonly execMode?: string;
  readonly shell?: boolean;
  readonly handler?: string;
  readonly forwardTo?: string;
  readonly forwardSecret?: string;
}

const EXEC_MODES = ['each', 'batch', 'stream'] as const;

/** A program that handles events: started for each, or kept. */
export interface ExecProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly mode: (typeof EXEC_MODES)[number];
  readonly cwd: string;
}

/** What handles a subscriber's events. */
export type HandlerChoice =
  | { readonly kind: 'program'; readonly program: ExecProgram }
  | { readonly kind: 'module'; readonly module: ModuleHandler }
  | { readonly kind: 'forward'; readonly forward: ForwardOptions };

/**
 * What handles the events of each subscriber: what the flags say, otherwise what the topology does. All of it is looked
 * at here: it is found out before the first message, not by it.
 * @param timeout seconds that a handler may take. @throws AppError (exit 2) for what can't be run.
 */
export async function chooseHandlers(
  { io }: CommandContext,
  { folder }: Pick<Topology, 'folder'>,
  subscribers: readonly SubscriberSpec[],
  flags: HandlerFlags,
  timeout: number | undefined,
): Promise<ReadonlyMap<string, HandlerChoice>> {
  const place = { cwd: io.cwd, path: io.env.PATH ?? '' };
  const given = await fromFlags(flags, place, io.env.PUBSUB_FORWARD_SECRET, timeout);
  const chosen = new Map<string, HandlerChoice>();
  for (const { name, handler } of subscribers) {
    // A function takes its messages itself: there is nothing to run here.
    const runnable = handler === undefined || 'function' in handler ? undefined : handler;
    const own =
      given ??
      (runnable && (await fromTopology(name, runnable, { ...place, cwd: folder ?? io.cwd })));
    if (own !== undefined) chosen.set(name, own);
  }
  return chosen;
}

interface SearchPlace {
  readonly cwd: string;
  /** Where programs are looked for. */
  readonly path: string;
}

async function fromTopology(
  name: string,
  handler: Exclude<NonNullable<SubscriberSpec['handler']>, FunctionHandlerSpec>,
  place: SearchPlace,
): Promise<HandlerChoice> {
  if ('module' in handler) {
    const path = resolve(place.cwd, handler.module);
    return { kind: 'module', module: await loadHandler(path, handlerInFile(name)) };
  }
  const mode = handler.mode === 'event' ? 'each' : handler.mode;
  return { kind: 'program', program: programOf(handler.exec, mode, false, place) };
}

async function fromFlags(
  flags: HandlerFlags,
  place: SearchPlace,
  secret: string | undefined,
  timeout: number | undefined,
): Promise<HandlerChoice | undefined> {
  const { exec, execMode = 'each', shell = false, handler, forwardTo, forwardSecret } = flags;
  const ways = { '--exec': exec, '--handler': handler, '--forward-to': forwardTo };
  const given = Object.entries(ways).flatMap(([flag, value]) =>
    value === undefined ? [] : [flag],
  );
  if (given.length > 1) {
    throw usageError(`${given.join(' and ')} cannot be used together.`, 'Leave one of them out.');
  }
  const mode = EXEC_MODES.find((each) => each === execMode);
  if (mode === undefined) {
    throw usageError(
      `--exec-mode must be ${EXEC_MODES.join(', ')}; not "${execMode}".`,
      'Such as --exec-mode stream',
    );
  }
  if (exec === undefined && (mode !== 'each' || shell)) {
    throw usageError(`${shell ? '--shell' : '--exec-mode'} needs --exec.`);
  }
  if (forwardTo === undefined && forwardSecret !== undefined) {
    throw usageError('--forward-secret needs --forward-to.');
  }
  if (exec !== undefined) return { kind: 'program', program: programOf(exec, mode, shell, place) };
  if (handler !== undefined) {
    return { kind: 'module', module: await loadHandler(resolve(place.cwd, handler)) };
  }
  if (forwardTo === undefined) return undefined;
  const url = parseTarget(forwardTo);
  const forward = { url, secret: (forwardSecret ?? secret) || undefined };
  return { kind: 'forward', forward: { ...forward, timeout: timeout ?? FORWARD_TIMEOUT } };
}

function programOf(
  exec: string,
  mode: ExecProgram['mode'],
  shell: boolean,
  { cwd, path }: SearchPlace,
): ExecProgram {
  if (shell) return { file: findProgram('sh', path, cwd), args: ['-c', exec], mode, cwd };
  const [name, ...args] = splitCommand(exec);
  return { file: findProgram(name, path, cwd, args), args, mode, cwd };
}

function parseTarget(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      `--forward-to must be an http or https URL, not "${shownText(text)}".`,
      'Such as --forward-to http://localhost:3000/events',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError(
      '--forward-to takes no user and password: they would be in the list of processes.',
      'Sign the requests instead: PUBSUB_FORWARD_SECRET=…',
    );
  }
  return url;
}
