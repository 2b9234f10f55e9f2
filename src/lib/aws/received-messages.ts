import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type MessageSystemAttributeName,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { AppError } from '../rules/errors.ts';
import { queueNameFromUrl } from '../rules/names.ts';
import { abortable } from './abortable-calls.ts';
import { callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { getQueueAttributes, QUEUE_NOT_FOUND } from './queues.ts';
import { withProduct } from './receiver-products.ts';

/** A message as SQS hands it out. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it was handed out, this time included (`ApproximateReceiveCount`). */
  readonly receiveCount: number;
  /** The group of a FIFO queue's message. */
  readonly groupId: string | undefined;
  /** What RabbitMQ's messages carry as a header; SNS has it in its envelope. */
  readonly subject?: string | undefined;
  /** X-Ray's trace (`AWSTraceHeader`). */
  readonly traceHeader: string | undefined;
  /** Message attributes of text or number type; the `Binary` ones as base64 text. */
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

/** How to receive. */
export interface ReceiveOptions {
  /** Messages at most, 1 to 10. */
  readonly max: number;
  /** Seconds that SQS waits for the first one, 0 to 20. */
  readonly waitSeconds: number;
  /** Ends the wait. What SQS was about to hand out then stays hidden until its visibility timeout ends. */
  readonly signal: AbortSignal;
  /** Who receives, for `User-Agent` (see `receiverProduct`). */
  readonly product?: string;
}

const SYSTEM_ATTRIBUTES: MessageSystemAttributeName[] = [
  'ApproximateReceiveCount',
  'MessageGroupId',
  'AWSTraceHeader',
];
const ALL = ['All'];

/**
 * Receives messages (`ReceiveMessage`, a long poll); an empty list where none came.
 * @throws AppError `QueueNotFound`, or what the call failed with; the SDK's `AbortError` after an abort.
 */
export async function receiveMessages(
  aws: Aws,
  url: string,
  options: ReceiveOptions,
): Promise<ReceivedMessage[]> {
  const what = `receive from queue "${queueNameFromUrl(url)}"`;
  const answer = await callUnless(aws, what, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(
      abortable(
        withProduct(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: options.max,
            WaitTimeSeconds: options.waitSeconds,
            MessageSystemAttributeNames: SYSTEM_ATTRIBUTES,
            MessageAttributeNames: ALL,
          }),
          options.product,
        ),
        options.signal,
      ),
    ),
  );
  if (answer === undefined) throw queueNotFound(url);
  return (answer.Messages ?? []).map((message) => ({
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    groupId: message.Attributes?.MessageGroupId,
    traceHeader: message.Attributes?.AWSTraceHeader,
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
        name,
        {
          type: attribute.DataType ?? 'String',
          value:
            attribute.StringValue ?? Buffer.from(attribute.BinaryValue ?? []).toString('base64'),
        },
      ]),
    ),
  }));
}

/** What became of one entry of a batch. `retryable` is AWS's word: not the sender's fault. */
export type EntryResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly retryable: boolean };

/**
 * Deletes up to ten received messages (`DeleteMessageBatch`, which answers 200 with a `Failed` list).
 * @returns one result a receipt handle, in their order. @throws AppError as `receiveMessages` does.
 */
export async function deleteBatch(
  aws: Aws,
  url: string,
  receiptHandles: readonly string[],
): Promise<EntryResult[]> {
  const what = `delete from queue "${queueNameFromUrl(url)}"`;
  const answer = await callUnless(aws, what, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: receiptHandles.map((ReceiptHandle, index) => ({
          Id: String(index),
          ReceiptHandle,
        })),
      }),
    ),
  );
  if (answer === undefined) throw queueNotFound(url);
  return batchResults(receiptHandles.length, answer.Successful, answer.Failed);
}

/** A message whose visibility is to change. */
export interface VisibilityChange {
  readonly receiptHandle: string;
  /** Seconds from now until it is visible again: 0 to 43,200 less what has passed since the receive. */
  readonly seconds: number;
}

/**
 * Changes how long up to ten received messages stay hidden (`ChangeMessageVisibilityBatch`).
 * @returns one result a message, in their order. @throws AppError as `receiveMessages` does.
 */
export async function changeVisibilityBatch(
  aws: Aws,
  url: string,
  changes: readonly VisibilityChange[],
): Promise<EntryResult[]> {
  const what = `change the visibility of messages in queue "${queueNameFromUrl(url)}"`;
  const answer = await callUnless(aws, what, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: changes.map(({ receiptHandle, seconds }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    ),
  );
  if (answer === undefined) throw queueNotFound(url);
  return batchResults(changes.length, answer.Successful, answer.Failed);
}

/** How long the queue hides a received message, in seconds; undefined where the caller may not ask. */
export async function visibilityTimeout(aws: Aws, url: string): Promise<number | undefined> {
  try {
    const attributes = await getQueueAttributes(aws, url, ['VisibilityTimeout']);
    const seconds = Number(attributes?.VisibilityTimeout);
    return Number.isInteger(seconds) ? seconds : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The error for a queue that isn't there (any more). */
export function queueNotFound(url: string): AppError {
  return new AppError({
    code: 'QueueNotFound',
    message: `There is no queue "${queueNameFromUrl(url)}".`,
    hint: 'Create it with: pubsub setup',
  });
}

/** What became of each of a batch's entries, whose ids MUST be their positions, from its answer's two lists. */
export function batchResults(
  count: number,
  successful: readonly { readonly Id?: string | undefined }[] = [],
  failed: readonly BatchResultErrorEntry[] = [],
): EntryResult[] {
  const found = new Map<string, EntryResult>();
  for (const { Id = '' } of successful) found.set(Id, { ok: true });
  for (const { Id = '', Code = 'Unknown', Message, SenderFault } of failed) {
    const reason = Message ? `${Code}: ${Message}` : Code;
    found.set(Id, { ok: false, reason, retryable: !SenderFault });
  }
  return Array.from(
    { length: count },
    (_, index) =>
      found.get(String(index)) ?? {
        ok: false,
        reason: 'the answer says nothing about it',
        retryable: true,
      },
  );
}
