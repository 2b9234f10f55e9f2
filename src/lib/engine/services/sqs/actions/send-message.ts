import type {
  SendMessageBatchRequest,
  SendMessageBatchRequestEntry,
  SendMessageBatchResultEntry,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { SQS_MAX_MESSAGE_BYTES } from '../../../../rules/limits.ts';
import { bodyShare, type SharedBody, sharedBody } from '../../../ports.ts';
import { accept, type Draft, messageSize } from '../accept.ts';
import { authorize } from '../authorize.ts';
import { type BatchResult, checkBatch, runBatch } from '../batch.ts';
import type { SqsContext } from '../context.ts';
import { useKeyToSend } from '../encryption.ts';
import {
  batchRequestTooLong,
  invalidParameter,
  missingParameter,
  noDeduplicationId,
} from '../errors.ts';
import { checkMessageAttributes } from '../message-attributes.ts';
import { bodyDigest } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { servePollers } from '../queue/take.ts';
import { findQueue } from '../queue-url.ts';

/**
 * A batch with more bytes than this is written message by message: one that stays long would keep all of it on the disk,
 * and what a record takes besides is nothing beside them.
 */
const MAX_BYTES_TOGETHER = 64 * 1024;

type SendInput = SendMessageRequest | SendMessageBatchRequestEntry;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function sendMessage(input: SendMessageRequest, ctx: SqsContext): SendMessageResult {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'SendMessage');
  useKeyToSend(ctx, queue);
  const result = send(ctx, queue, input);
  servePollers(ctx.state, queue, ctx.clock.now());
  return result;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export function sendMessageBatch(
  input: SendMessageBatchRequest,
  ctx: SqsContext,
): BatchResult<SendMessageBatchResultEntry> {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'SendMessage');
  useKeyToSend(ctx, queue);
  const entries = input.Entries ?? [];
  checkBatch(entries, 'SendMessageBatchRequestEntry');
  if (queue.fifo) checkFifoEntries(queue, entries);
  let size = 0;
  for (const entry of entries)
    size += messageSize(entry.MessageBody ?? '', entry.MessageAttributes);
  if (size > SQS_MAX_MESSAGE_BYTES) throw batchRequestTooLong(SQS_MAX_MESSAGE_BYTES, size);
  const together =
    entries.length > 1 && size <= MAX_BYTES_TOGETHER ? sharedBody('', '') : undefined;
  const result = runBatch(entries, (entry) => sendEntry(ctx, queue, entry, together));
  if (together !== undefined) together.isOpen = false;
  servePollers(ctx.state, queue, ctx.clock.now());
  return result;
}

/** Member by member: a spread takes as long as the rest of it. */
function sendEntry(
  ctx: SqsContext,
  queue: Queue,
  entry: SendMessageBatchRequestEntry,
  together: SharedBody | undefined,
): SendMessageBatchResultEntry {
  const sent = send(ctx, queue, entry, together);
  return {
    Id: entry.Id,
    MD5OfMessageBody: sent.MD5OfMessageBody,
    MessageId: sent.MessageId,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MD5OfMessageSystemAttributes: sent.MD5OfMessageSystemAttributes,
    SequenceNumber: sent.SequenceNumber,
  };
}

/** What a FIFO queue needs of a message fails the whole batch where one entry lacks it. */
function checkFifoEntries(queue: Queue, entries: readonly SendMessageBatchRequestEntry[]): void {
  for (const { MessageGroupId, MessageDeduplicationId } of entries) {
    if (MessageGroupId === undefined) {
      throw invalidParameter('The request must contain the parameter MessageGroupId.');
    }
    if (MessageDeduplicationId === undefined && !queue.settings.contentBasedDeduplication) {
      throw noDeduplicationId();
    }
  }
}

/** @param together the record that the messages of a batch are written into. */
function send(
  ctx: SqsContext,
  queue: Queue,
  input: SendInput,
  together?: SharedBody,
): SendMessageResult {
  const { state: sqs, clock } = ctx;
  const { trace, traces } = ctx.state.parts;
  const now = clock.now();
  const draft = readDraft(ctx, input, together);
  const result = accept(sqs, queue, draft, now);
  trace.emit({
    kind: 'sent',
    time: now,
    account: queue.account,
    region: queue.region,
    messageId: result.MessageId ?? '',
    queueArn: queue.arn,
    bodyDigest: bodyDigest(result.MD5OfMessageBody ?? ''),
  });
  traces.note(result.MessageId ?? '', draft.attributes, draft.traceHeader);
  return result;
}

function readDraft(ctx: SqsContext, input: SendInput, together: SharedBody | undefined): Draft {
  const { MessageBody: body = '' } = input;
  const system = input.MessageSystemAttributes;
  if (system !== undefined) checkSystemAttributes(system);
  return {
    body,
    shared: together && bodyShare(together, body),
    cleanBody: ctx.isPlainText,
    attributes: input.MessageAttributes,
    systemAttributes: system,
    traceHeader: system?.AWSTraceHeader?.StringValue ?? ctx.traceHeader,
    delaySeconds: input.DelaySeconds,
    groupId: input.MessageGroupId,
    deduplicationId: input.MessageDeduplicationId,
    sender: ctx.userId,
  };
}

function checkSystemAttributes(
  attributes: NonNullable<SendInput['MessageSystemAttributes']>,
): void {
  for (const name of Object.keys(attributes)) {
    if (name !== 'AWSTraceHeader') {
      throw invalidParameter(
        `Message system attribute name '${name}' is invalid. You must use only the following supported names: AWSTraceHeader.`,
      );
    }
  }
  const trace = attributes.AWSTraceHeader;
  if (trace === undefined) return;
  if (trace.DataType === undefined) throw missingParameter('MessageSystemAttribute.DataType');
  checkMessageAttributes({ AWSTraceHeader: trace }, 'system');
  if (trace.DataType !== 'String') {
    throw invalidParameter(
      `The type of message (system) attribute 'AWSTraceHeader' is invalid. You must use only the following supported type prefixes: String.`,
    );
  }
}
