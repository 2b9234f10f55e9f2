import type { CreateQueueRequest, CreateQueueResult } from '@aws-sdk/client-sqs';
import { QUEUE_DELETED_RECENTLY_SECONDS } from '../../../../rules/limits.ts';
import { type AttributeMap, checkAttributes } from '../attribute-rules.ts';
import { effectiveAttributes, mergeAttributes, readSettings } from '../attributes.ts';
import type { SqsContext } from '../context.ts';
import { checkDeadLetterTarget } from '../dead-letter-target.ts';
import { queueDeletedRecently, queueNameExists } from '../errors.ts';
import { createQueue, type Queue } from '../queue/queue.ts';
import { checkQueueName } from '../queue-names.ts';
import { queueUrl } from '../queue-url.ts';
import { recordQueue, TABLES } from '../records.ts';
import { sameJson } from '../same-json.ts';
import { addQueue, queueKey, type SqsState } from '../state.ts';
import { addTags, checkTags } from '../tags.ts';

/**
 * Creates a queue, or gives the URL of the one that exists with the same values of the given attributes.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export function createQueueAction(input: CreateQueueRequest, ctx: SqsContext): CreateQueueResult {
  const { QueueName: name = '', tags = {} } = input;
  const given: AttributeMap = input.Attributes ?? {};
  const fifo = given.FifoQueue?.toLowerCase() === 'true';
  checkQueueName(name, fifo);
  const attributes = checkAttributes(given, fifo);
  checkTags(new Map(), tags);
  const { state: sqs, clock } = ctx;
  const { account, region } = ctx;
  const existing = sqs.queues.get(queueKey(account, region, name));
  if (existing !== undefined) {
    assertSame(existing, attributes);
    return { QueueUrl: queueUrl(ctx, existing) };
  }
  const now = clock.now();
  assertNotDeletedRecently(ctx, name, now);
  const stored = mergeAttributes({}, attributes);
  const settings = readSettings(stored);
  const identity = { id: nextQueueId(sqs), account, region, name, createdAt: clock.timestamp() };
  const queue = createQueue(identity, stored, settings);
  checkDeadLetterTarget(sqs, queue, settings.redrive, stored.RedrivePolicy);
  addTags(queue, tags);
  addQueue(sqs, queue);
  recordQueue(sqs.parts.journal, queue);
  return { QueueUrl: queueUrl(ctx, queue) };
}

function assertSame(queue: Queue, attributes: AttributeMap): void {
  const current = effectiveAttributes(queue.attributes, queue.fifo);
  for (const [name, value] of Object.entries(attributes)) {
    if (!sameJson(current[name] ?? '', value)) throw queueNameExists(name);
  }
}

function assertNotDeletedRecently(ctx: SqsContext, name: string, now: number): void {
  const { state: sqs, journal } = ctx;
  const { options } = ctx.state.parts;
  const key = queueKey(ctx.account, ctx.region, name);
  const deletedAt = sqs.deletedAt.get(key);
  if (deletedAt === undefined) return;
  const waits = deletedAt + QUEUE_DELETED_RECENTLY_SECONDS * 1000 > now;
  if (waits && options.strictTimings) throw queueDeletedRecently();
  sqs.deletedAt.delete(key);
  journal.remove(TABLES.deletedQueues, [ctx.account, ctx.region, name]);
}

function nextQueueId(state: SqsState): number {
  state.lastQueueId += 1;
  state.parts.journal.put(TABLES.meta, 'lastQueueId', state.lastQueueId);
  return state.lastQueueId;
}
