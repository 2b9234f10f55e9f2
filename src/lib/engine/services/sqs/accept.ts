import { hash } from 'node:crypto';
import type { SendMessageResult } from '@aws-sdk/client-sqs';
import { MAX_DELAY_SECONDS } from '../../../rules/limits.ts';
import { flatUuid } from '../../flat-uuid.ts';
import type { BodyShare } from '../../ports.ts';
import { findForbiddenCharacter } from './characters.ts';
import {
  contentDeduplicationId,
  findDuplicate,
  rememberForDeduplication,
} from './deduplication.ts';
import {
  invalidMessageContents,
  invalidParameter,
  invalidValue,
  missingParameter,
  noDeduplicationId,
  notForThisQueueType,
} from './errors.ts';
import { attributesMd5, attributesSize, checkMessageAttributes } from './message-attributes.ts';
import { place } from './queue/enqueue.ts';
import type { MessageAttributes, MessageExtra } from './queue/message.ts';
import type { Queue } from './queue/queue.ts';
import { nextSequenceNumber } from './queue/sequence-number.ts';
import type { SqsState } from './state.ts';

/** A message as its sender gave it. */
export interface Draft {
  readonly body: string;
  readonly attributes: MessageAttributes | undefined;
  /** Checked by whoever takes them from a caller; the sender is told their MD5. */
  readonly systemAttributes?: MessageAttributes | undefined;
  /** `AWSTraceHeader`, from a system attribute or an HTTP header. */
  readonly traceHeader: string | undefined;
  readonly delaySeconds: number | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  /** `SenderId`. */
  readonly sender: string;
  /** Set when nobody is told the MD5s: they are then left for the first receive. */
  readonly withoutMd5?: true;
  /** Set when the body is known to have only characters that SQS takes. */
  readonly cleanBody?: boolean;
  /** As `Arrival.shared`. */
  readonly shared?: BodyShare | undefined;
}

/** What group and deduplication ids are made of (API reference, `SendMessage`). */
const TOKEN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** Bytes that count against the size limits: body and user attributes. */
export function messageSize(body: string, attributes: MessageAttributes | undefined): number {
  return Buffer.byteLength(body) + attributesSize(attributes);
}

/**
 * Checks a message and puts it into a queue; waiting receives are left to the caller. A message that repeats a
 * deduplication id within the interval is answered like the first one and goes nowhere.
 *
 * @throws ServiceError for what `SendMessage` refuses
 */
export function accept(
  state: SqsState,
  queue: Queue,
  draft: Draft,
  now: number,
): SendMessageResult {
  checkContents(queue, draft);
  checkDelay(queue, draft.delaySeconds);
  checkQueueType(queue, draft);
  const extra = extraOf(queue, draft);
  const md5 = draft.withoutMd5 ? '' : hash('md5', draft.body);
  const known =
    queue.fifo && extra !== undefined
      ? findDuplicate(queue, extra.deduplicationId ?? '', extra.groupId ?? '')
      : undefined;
  if (known !== undefined) return answer(draft, md5, known.messageId, known.sequenceNumber);

  const id = flatUuid();
  if (queue.fifo && extra !== undefined) fileForDeduplication(state, queue, extra, id, now);
  // On FIFO queues only the queue's own delay counts.
  const delaySeconds = (queue.fifo ? undefined : draft.delaySeconds) ?? queue.settings.delaySeconds;
  const arrival = {
    id,
    body: draft.body,
    shared: draft.shared,
    md5,
    sentAt: now,
    sender: draft.sender,
    attributes: draft.attributes,
    extra,
    receivableAt: now + delaySeconds * 1000,
    receiveCount: 0,
    firstReceivedAt: 0,
  };
  place(state, queue, arrival, now);
  if (!queue.fifo && state.parts.faults.duplicates()) {
    place(state, queue, { ...arrival, extra: extra && { ...extra } }, now);
  }
  return answer(draft, md5, id, extra?.sequenceNumber);
}

function checkContents(queue: Queue, draft: Draft): void {
  if (draft.body === '') throw missingParameter('MessageBody');
  const forbidden = draft.cleanBody ? -1 : findForbiddenCharacter(draft.body);
  if (forbidden >= 0) throw invalidMessageContents(forbidden, 'message body');
  if (draft.attributes !== undefined) checkMessageAttributes(draft.attributes, 'user');
  const limit = queue.settings.maximumMessageSize;
  // No character has more than three bytes for each of its units: most messages need no counting.
  if (draft.attributes === undefined && draft.body.length * 3 <= limit) return;
  if (messageSize(draft.body, draft.attributes) > limit) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
}

function checkDelay(queue: Queue, delaySeconds: number | undefined): void {
  if (delaySeconds === undefined) return;
  if (delaySeconds < 0 || delaySeconds > MAX_DELAY_SECONDS) {
    throw invalidValue(
      delaySeconds,
      'DelaySeconds',
      `DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}`,
    );
  }
  if (queue.fifo && delaySeconds > 0) throw notForThisQueueType(delaySeconds, 'DelaySeconds');
}

function checkQueueType(queue: Queue, { groupId, deduplicationId }: Draft): void {
  if (queue.fifo && groupId === undefined) throw missingParameter('MessageGroupId');
  if (groupId !== undefined && !TOKEN.test(groupId)) {
    throw invalidValue(
      groupId,
      'MessageGroupId',
      'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length',
    );
  }
  if (deduplicationId === undefined) {
    if (!queue.fifo || queue.settings.contentBasedDeduplication) return;
    throw noDeduplicationId();
  }
  if (!queue.fifo) throw notForThisQueueType(deduplicationId, 'MessageDeduplicationId');
  if (!TOKEN.test(deduplicationId)) {
    throw invalidValue(
      deduplicationId,
      'MessageDeduplicationId',
      'MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length',
    );
  }
}

function extraOf(queue: Queue, draft: Draft): MessageExtra | undefined {
  const { traceHeader } = draft;
  if (!queue.fifo && traceHeader === undefined && draft.groupId === undefined) return undefined;
  const extra: MessageExtra = {};
  if (traceHeader !== undefined) extra.traceHeader = traceHeader;
  if (draft.groupId !== undefined) extra.groupId = draft.groupId;
  if (queue.fifo)
    extra.deduplicationId = draft.deduplicationId ?? contentDeduplicationId(draft.body);
  return extra;
}

function fileForDeduplication(
  state: SqsState,
  queue: Queue,
  extra: MessageExtra,
  messageId: string,
  at: number,
): void {
  const { groupId = '', deduplicationId = '' } = extra;
  const sequenceNumber = nextSequenceNumber(queue, at);
  extra.sequenceNumber = sequenceNumber;
  rememberForDeduplication(state, queue, {
    messageId,
    sequenceNumber,
    deduplicationId,
    groupId,
    at,
  });
}

function answer(
  draft: Draft,
  md5: string,
  id: string,
  sequenceNumber: string | undefined,
): SendMessageResult {
  if (draft.withoutMd5) return { MessageId: id };
  const result: SendMessageResult = { MD5OfMessageBody: md5, MessageId: id };
  const { attributes, systemAttributes } = draft;
  if (attributes !== undefined && Object.keys(attributes).length > 0) {
    result.MD5OfMessageAttributes = attributesMd5(attributes);
  }
  if (systemAttributes !== undefined && Object.keys(systemAttributes).length > 0) {
    result.MD5OfMessageSystemAttributes = attributesMd5(systemAttributes);
  }
  if (sequenceNumber !== undefined) result.SequenceNumber = sequenceNumber;
  return result;
}
