import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import type { KeptReasons } from '../../lib/consume/failure-reasons.ts';
import type { DeadLetter } from '../../lib/dead-letters/dead-letter.ts';
import {
  type DeadLetterSource,
  findDeadLetterSources,
  findSubscribers,
} from '../../lib/definition/find.ts';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { confirm, select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { type ResourceFlags, topologyOnTarget } from '../topology.ts';

/** A subscriber's dead-letter queue at the target, or with `--from-queue` its queue in place of that. Counts are SQS's approximate ones. */
export interface DeadLetterQueue {
  readonly spec: DeadLetterSource;
  readonly url: string;
  readonly arn: string;
  /** Messages that can be received. */
  readonly visible: number;
  /** Messages that somebody holds. */
  readonly hidden: number;
  /** After so many receives its messages move on, where it has a dead-letter queue of its own. */
  readonly maxReceiveCount: number | undefined;
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
  if (given === undefined) await connect(context);
  return find(topology, given ?? (await select(io, 'Which subscriber?', names)));
}

/** Connects and finds the subscribers' dead-letter queues. @throws AppError `QueueNotFound` where one is missing. */
export async function openQueues(
  command: Command,
  context: CommandContext,
  specs: readonly DeadLetterSource[],
): Promise<{ readonly aws: Aws; readonly queues: readonly DeadLetterQueue[] }> {
  const { aws } = await reading(context, undefined, () => connect(context));
  const found = await reading(context, 'Reading what is there', () =>
    Promise.all(specs.map((spec) => findQueue(aws, spec))),
  );
  const queues = found.map((queue, index) => {
    if (queue !== undefined) return queue;
    throw new AppError({
      code: 'QueueNotFound',
      message: `There is no queue "${specs[index]?.dlq}".`,
      hint: `Create it with: ${commandLine(command, 'setup')}`,
    });
  });
  return { aws, queues };
}

/** Finds a subscriber's dead-letter queue; undefined where there is none. */
export async function findQueue(
  aws: Aws,
  spec: DeadLetterSource,
): Promise<DeadLetterQueue | undefined> {
  const { findQueueUrl, getQueueAttributes } = await import('../../lib/aws/queues.ts');
  const url = await findQueueUrl(aws, spec.dlq);
  const attributes = url === undefined ? undefined : await getQueueAttributes(aws, url);
  if (url === undefined || attributes === undefined) return undefined;
  return {
    spec,
    url,
    arn: attributes.QueueArn ?? '',
    visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
    hidden: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    maxReceiveCount: readMaxReceiveCount(attributes.RedrivePolicy),
  };
}

function readMaxReceiveCount(policy: string | undefined): number | undefined {
  if (!policy) return undefined;
  try {
    return Number(JSON.parse(policy).maxReceiveCount);
  } catch {
    return undefined;
  }
}

/**
 * Asks before looking into a dead-letter queue that has one of its own: each look counts as a receive there, and may be
 * the one after which SQS moves a message on. Nothing is asked about any other queue.
 * @throws AppError (exit 2) where nobody can be asked.
 */
export async function confirmReceiving(
  { io, printer, yes }: CommandContext,
  queues: readonly DeadLetterQueue[],
): Promise<void> {
  for (const { spec, maxReceiveCount } of queues) {
    if (maxReceiveCount === undefined || yes) continue;
    const question = `${spec.dlq} has a dead-letter queue of its own: after ${maxReceiveCount} receives, of which this look is one, SQS moves its messages on. Look anyway?`;
    if (!(await confirm(io, printer, question))) {
      throw new AppError({ code: 'Declined', message: 'Nothing was looked at.' });
    }
  }
}

/** Why a message is dead, as far as it is known here, and who says so. */
export interface Reason {
  readonly reason: string;
  readonly by: 'consumer' | 'sns' | 'function' | 'last-error';
  /** ISO 8601; only where a consumer said it. */
  readonly time: string | undefined;
}

/** Why a message is dead; undefined where nobody has said so on this machine. */
export function reasonOf(letter: DeadLetter, kept: KeptReasons): Reason | undefined {
  const { snsReason, message, eventId } = letter;
  if (snsReason !== undefined) return { reason: snsReason, by: 'sns', time: undefined };
  const found = kept.find(message.messageId, eventId);
  return found && { reason: found.reason, by: 'consumer', time: found.time };
}
