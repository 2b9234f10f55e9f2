import { resolve } from 'node:path';
import { messageReader } from '../../events/message-reader.ts';
import { readDelivery } from '../delivery.ts';
import { loadHandler } from '../handlers/module-handler.ts';
import { shownLines } from '../handlers/topology-handler.ts';
import { thrownReason } from '../thrown-reason.ts';
import type { HandledTable } from './handled-in-table.ts';
import {
  type BatchAnswer,
  handleBatch,
  receivedMessage,
  type SqsEvent,
  type SqsRecord,
} from './sqs-event.ts';

/** Milliseconds before the function's end at which handlers are told to stop. */
const LAST_MS = 500;

const {
  PUBSUB_SUBSCRIBER: subscriber = '',
  PUBSUB_HANDLER: module = '',
  TABLE_NAME: table,
  LAMBDA_TASK_ROOT: root = '.',
} = process.env;
const handle = await loadHandler(resolve(root, module));
const handled = table ? await openHandledTable(table) : undefined;
const reader = messageReader();

/** What Lambda says of an invocation, as far as it is read. */
interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/**
 * A subscriber of a topology as a Lambda function: the handler that the topology names gets each event as from
 * `pubsub listen`, what it returns goes to the log, and what it fails at comes again.
 */
export async function handler(event: SqsEvent, context: InvocationContext): Promise<BatchAnswer> {
  const leaseMs = context.getRemainingTimeInMillis();
  const signal = AbortSignal.timeout(Math.max(1, leaseMs - LAST_MS));
  return handleBatch(event, async (record) => {
    try {
      await handleRecord(record, { leaseMs, signal });
    } catch (error) {
      const { messageId, attributes } = record;
      const receive = attributes.ApproximateReceiveCount;
      console.error(`message ${messageId} failed, receive ${receive}: ${thrownReason(error)}`);
      throw error;
    }
  });
}

async function handleRecord(
  record: SqsRecord,
  { leaseMs, signal }: { readonly leaseMs: number; readonly signal: AbortSignal },
): Promise<void> {
  // Lambda says no queue URL.
  const place = { subscriber, queueUrl: record.eventSourceARN };
  const delivery = readDelivery(receivedMessage(record), place, reader);
  if (delivery.event === null) throw new Error(delivery.reason);
  const { event, facts } = delivery;
  const react = async (): Promise<void> => {
    const result = await handle(event.value, { ...facts, signal });
    for (const line of shownLines(result)) console.log(line);
  };
  if (handled === undefined) return react();
  const { handleOnceInTable } = await import('./handled-in-table.ts');
  const { eventId } = facts;
  const isNew = await handleOnceInTable(handled, { eventId, leaseMs }, react);
  if (!isNew) console.log(`event ${eventId} was handled before`);
}

async function openHandledTable(name: string): Promise<HandledTable> {
  const { createTableAccess } = await import('../../aws/function-clients.ts');
  return { aws: createTableAccess(process.env), table: name, subscriber };
}
