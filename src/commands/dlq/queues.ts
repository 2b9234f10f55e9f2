import type { Command } from 'commander';
import type { KeptReasons } from '../../lib/consume/failure-reasons.ts';
import type { DeadLetter } from '../../lib/dead-letters/dead-letter.ts';
import {
  type DeadLetterSource,
  findDeadLetterSources,
  findSubscribers,
} from '../../lib/definition/find.ts';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import type { FoundStored, Transport } from '../../lib/transport/transport.ts';
import { confirm, select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { type ResourceFlags, topologyOnTarget } from '../topology.ts';
import { openTransport } from '../transport.ts';

/** A subscriber's dead-letter queue at the target, or with `--from-queue` its queue in place of that. SQS's counts are approximate. */
export interface DeadLetterQueue extends FoundStored {
  readonly spec: DeadLetterSource;
}

/**
 * The subscribers that a word means and that have dead-letter queues; asks where none was given and somebody can be
 * asked.
 * @throws AppError (exit 2) with the nearest name.
 */
export function chooseSubscribers(
  context: CommandContext,
  word: string | undefined,
  flags: ResourceFlags = {},
): Promise<readonly DeadLetterSource[]> {
  return choose(context, word, flags, findDeadLetterSources);
}

/** Like `chooseSubscribers`, for work on their queues: it needs no dead-letter queue. */
export function chooseQueues(
  context: CommandContext,
  word: string | undefined,
  flags: ResourceFlags = {},
): Promise<readonly SubscriberSpec[]> {
  return choose(context, word, flags, findSubscribers);
}

async function choose<Spec>(
  context: CommandContext,
  word: string | undefined,
  flags: ResourceFlags,
  find: (topology: Topology, wanted: string) => readonly Spec[],
): Promise<readonly Spec[]> {
  const { io, printer } = context;
  const topology = await topologyOnTarget(context, flags);
  const names = [...topology.subscribers.map(({ name }) => name), 'all'];
  const [only, ...others] = topology.subscribers;
  const sole = others.length === 0 ? only?.name : undefined;
  const given = word ?? sole;
  if (given === undefined && !printer.interactive) {
    throw usageError('Which subscriber?', `Subscribers: ${names.join(', ')}.`, 'MissingSubscriber');
  }
  // Where the queues are is said before anybody is asked.
  if (given === undefined) await reading(context, undefined, () => openTransport(context));
  return find(topology, given ?? (await select(io, 'Which subscriber?', names)));
}

/** Reaches the target and finds the subscribers' dead-letter queues. @throws AppError `QueueNotFound` where one is missing. */
export async function openQueues(
  command: Command,
  context: CommandContext,
  specs: readonly DeadLetterSource[],
): Promise<{ readonly transport: Transport; readonly queues: readonly DeadLetterQueue[] }> {
  const { transport, found } = await findQueues(context, specs);
  const queues = found.map((queue, index) => {
    if (queue !== undefined) return queue;
    throw new AppError({
      code: 'QueueNotFound',
      message: `There is no queue "${specs[index]?.dlq}".`,
      hint: `Create it with: ${commandLine(command, 'setup')}`,
    });
  });
  return { transport, queues };
}

/** Reaches the target and finds the subscribers' dead-letter queues, in their order; undefined where one is missing. */
export async function findQueues(
  context: CommandContext,
  specs: readonly DeadLetterSource[],
): Promise<{
  readonly transport: Transport;
  readonly found: readonly (DeadLetterQueue | undefined)[];
}> {
  const transport = await reading(context, undefined, () => openTransport(context));
  const found = await reading(context, 'Reading what is there', () =>
    Promise.all(
      specs.map(async (spec) => {
        const queue = await transport.findStored(spec.dlq);
        return queue && { spec, ...queue };
      }),
    ),
  );
  return { transport, found };
}

/**
 * Asks before looking into a dead-letter queue with a limit of receives: each look counts as one, and may be the one
 * after which a message moves on or is dropped. Nothing is asked about any other queue.
 * @throws AppError (exit 2) where nobody can be asked.
 */
export async function confirmReceiving(
  { io, printer, yes }: CommandContext,
  queues: readonly DeadLetterQueue[],
): Promise<void> {
  for (const { spec, limit } of queues) {
    if (limit === undefined || yes) continue;
    const question = `${spec.dlq} has ${limit.by}: after ${limit.receives} receives, of which this look is one, ${limit.outcome}. Look anyway?`;
    if (!(await confirm(io, printer, question))) {
      throw new AppError({ code: 'Declined', message: 'Nothing was looked at.' });
    }
  }
}

/** Why a message is dead, as far as it is known here, and who says so. */
export interface Reason {
  readonly reason: string;
  readonly by: 'consumer' | 'sns' | 'rabbitmq' | 'function' | 'last-error';
  /** ISO 8601; only where a consumer said it. */
  readonly time: string | undefined;
}

/** Why a message is dead; undefined where nobody has said so on this machine. */
export function reasonOf(letter: DeadLetter, kept: KeptReasons): Reason | undefined {
  const { snsReason, message, eventId } = letter;
  if (snsReason !== undefined) return { reason: snsReason, by: 'sns', time: undefined };
  const found = kept.find(message.messageId, eventId);
  if (found) return { reason: found.reason, by: 'consumer', time: found.time };
  const { deadBecause } = message;
  return deadBecause === undefined
    ? undefined
    : { reason: deadBecause, by: 'rabbitmq', time: undefined };
}
