import {
  type MessageAttributeValue,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { queueNameFromUrl } from '../rules/names.ts';
import { callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { QUEUE_NOT_FOUND } from './queues.ts';
import { batchResults, type EntryResult, queueNotFound } from './received-messages.ts';
import type { SendableMessage, StoredAttribute } from './stored-message.ts';

/** A message to send; `deduplicationId` for FIFO queues. */
export interface OutgoingMessage extends SendableMessage {
  readonly deduplicationId?: string;
}

/** Whether a queue is a FIFO queue: its name says so (`CreateQueue`). */
export function isFifoQueue(url: string): boolean {
  return url.endsWith('.fifo');
}

/**
 * Sends up to ten messages, of together no more than a request may have, with their attributes, group and trace header
 * (`SendMessageBatch`, which answers 200 with a `Failed` list).
 * @returns one result a message, in their order. @throws AppError `QueueNotFound`, or what the call failed with.
 */
export async function sendBatch(
  aws: Aws,
  url: string,
  messages: readonly OutgoingMessage[],
): Promise<EntryResult[]> {
  const what = `send to queue "${queueNameFromUrl(url)}"`;
  const Entries = messages.map((message, index) => entryOf(message, String(index)));
  const answer = await callUnless(aws, what, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries })),
  );
  if (answer === undefined) throw queueNotFound(url);
  return batchResults(messages.length, answer.Successful, answer.Failed);
}

/** Bytes of a message as SQS counts them: its body, and its attributes' names, types and values. */
export function messageBytes({ body, attributes }: SendableMessage): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { type, value }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value),
    Buffer.byteLength(body),
  );
}

function entryOf(message: OutgoingMessage, Id: string): SendMessageBatchRequestEntry {
  const { body, attributes, groupId, deduplicationId, traceHeader } = message;
  const given = Object.entries(attributes);
  return {
    Id,
    MessageBody: body,
    ...(given.length === 0
      ? {}
      : {
          MessageAttributes: Object.fromEntries(
            given.map(([name, attribute]) => [name, attributeValue(attribute)]),
          ),
        }),
    ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
    ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
    ...(traceHeader === undefined
      ? {}
      : {
          MessageSystemAttributes: {
            AWSTraceHeader: { DataType: 'String', StringValue: traceHeader },
          },
        }),
  };
}

function attributeValue({ type, value }: StoredAttribute): MessageAttributeValue {
  return type.startsWith('Binary')
    ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
    : { DataType: type, StringValue: value };
}
