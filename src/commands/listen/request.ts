import { resolve } from 'node:path';
import { findSubscribers } from '../../lib/definition/find.ts';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { writeDuration } from '../../lib/definition/write-scalars.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { MAX_VISIBILITY_SECONDS } from '../../lib/rules/limits.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import { reading } from '../reading.ts';
import type { ResourceFlags } from '../topology.ts';
import { openTransport } from '../transport.ts';
import { readWholeNumber } from '../whole-number.ts';
import { chooseHandlers, type HandlerChoice, type HandlerFlags } from './handler-choice.ts';

/** Flags of how messages are taken. */
export interface TakeFlags {
  readonly max?: string;
  readonly idleTimeout?: string;
  readonly concurrency?: string;
  readonly timeout?: string;
  readonly retryDelay?: string;
  readonly dedupeStore?: string;
  readonly aliveFile?: string;
}

export interface ListenFlags extends TakeFlags, HandlerFlags, ResourceFlags {}

/** What to listen to and how, checked. */
export interface ListenRequest {
  readonly topology: Topology;
  readonly subscribers: readonly SubscriberSpec[];
  /** By subscriber's name. */
  readonly handlers: ReadonlyMap<string, HandlerChoice>;
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
  /** The file whose time says that the listener works. */
  readonly aliveFile: string | undefined;
}

/** Handlers at once that can be asked for: each may be a process. */
export const MAX_CONCURRENCY = 1000;
const MAX_IDLE_TIMEOUT = 86_400;

/**
 * Reads and checks the words of `listen`; asks for the subscriber where somebody can be asked.
 * @throws AppError (exit 2) for what can't be.
 */
export async function readListenRequest(
  context: CommandContext,
  topology: Topology,
  word: string | undefined,
  flags: ListenFlags,
): Promise<ListenRequest> {
  const { io, printer } = context;
  if (topology.subscribers.length === 0) throw nobody(topology);
  const names = [...topology.subscribers.map(({ name }) => name), 'all'];
  const [only, ...others] = topology.subscribers;
  const given = word ?? (others.length === 0 ? only?.name : undefined);
  if (given === undefined && !printer.interactive) {
    throw usageError('Which subscriber?', `Subscribers: ${names.join(', ')}.`, 'MissingSubscriber');
  }
  const how = readTakeFlags(context, flags);
  const choose = (subscribers: readonly SubscriberSpec[]) =>
    chooseHandlers(context, topology, subscribers, flags, how.timeout);
  // What is wrong with the flags is said before anybody is asked, and so is where messages come from.
  if (given === undefined) {
    await choose([]);
    await reading(context, undefined, () => openTransport(context));
  }
  const subscribers = findSubscribers(
    topology,
    given ?? (await select(io, 'Which subscriber?', names)),
  );
  return { topology, subscribers, handlers: await choose(subscribers), ...how };
}

function nobody({ topics }: Topology) {
  return usageError(
    `No queue of this account is subscribed to ${topics.map(({ name }) => name).join(', ')}.`,
    `Watch the topic itself with: pubsub tap --topic ${topics[0]?.name}`,
    'MissingSubscriber',
  );
}

/** Reads and checks how messages are taken. @throws AppError (exit 2) for what can't be. */
export function readTakeFlags({ io }: CommandContext, flags: TakeFlags) {
  const { max, concurrency, dedupeStore } = flags;
  const time = (flag: string, text: string | undefined, least: number, most: number) =>
    text === undefined ? undefined : seconds(flag, text, least, most);
  return {
    max: max === undefined ? undefined : readWholeNumber('--max', max, [1], 'Such as --max 10'),
    idleTimeout: time('--idle-timeout', flags.idleTimeout, 1, MAX_IDLE_TIMEOUT),
    concurrency:
      concurrency === undefined
        ? undefined
        : readWholeNumber(
            '--concurrency',
            concurrency,
            [1, MAX_CONCURRENCY],
            'Such as --concurrency 20',
          ),
    timeout: time('--timeout', flags.timeout, 1, MAX_VISIBILITY_SECONDS),
    retryDelay: time('--retry-delay', flags.retryDelay, 0, MAX_VISIBILITY_SECONDS),
    dedupeStore: dedupeStore === undefined ? undefined : resolve(io.cwd, dedupeStore),
    aliveFile: flags.aliveFile === undefined ? undefined : resolve(io.cwd, flags.aliveFile),
  };
}

function seconds(flag: string, text: string, least: number, most: number): number {
  const time = parseDuration(flag, text);
  if (time >= least && time <= most) return time;
  throw usageError(
    `${flag} must be from ${writeDuration(least)} to ${writeDuration(most)}, not "${text}".`,
    `Such as ${flag} 30s or ${flag} 5m`,
  );
}
