import { createHash } from 'node:crypto';
import type { PublishBatchRequestEntry } from '@aws-sdk/client-sns';
import { type CheckedAttributes, checkMessageAttributes } from './message-attributes.ts';
import { invalidParameter } from './refusals.ts';
import type { Topic } from './topic.ts';

const MAX_SUBJECT = 100;
/** Letters, digits and punctuation of ASCII, 1 to 128 of them. */
const GROUP_OR_DEDUPLICATION_ID = /^[!-~]{1,128}$/;

/** A message of `Publish` or of one entry of `PublishBatch`. */
export type Request = Omit<PublishBatchRequestEntry, 'Id'>;

/** A message that passed its checks. */
export interface CheckedMessage {
  /** What queues get: the `sqs` or `default` text of a JSON message, else the message itself. */
  readonly body: string;
  /** With `MessageStructure` `json` the texts by protocol. */
  readonly texts: Readonly<Record<string, unknown>> | undefined;
  readonly subject: string | undefined;
  readonly attributes: CheckedAttributes;
  /** Whether attributes go along: not with `MessageStructure` `json`. */
  readonly sendsAttributes: boolean;
  /** Body and attributes as published, in bytes. */
  readonly bytes: number;
  readonly groupId: string | undefined;
  /** FIFO topics only: given, or the SHA-256 of the message. */
  readonly deduplicationId: string | undefined;
}

/** A message that the topic accepted. */
export interface AcceptedMessage extends CheckedMessage {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
  /** Of a message that is replayed: when the topic accepted it, in milliseconds since the epoch. */
  readonly archivedAt?: number;
}

/**
 * What the type of the topic demands of a message.
 *
 * @throws ServiceError `InvalidParameter`
 */
export function checkFifoParameters(request: Request, topic: Topic): void {
  const { MessageGroupId: groupId, MessageDeduplicationId: id } = request;
  if (!topic.fifo) {
    if (id !== undefined) {
      throw invalidParameter(
        'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter ' +
          'that is not valid for this topic type',
      );
    }
    return;
  }
  if (groupId === undefined || groupId === '') {
    throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  }
  if ((id === undefined || id === '') && !topic.settings.contentBasedDeduplication) {
    throw invalidParameter(
      'The topic should either have ContentBasedDeduplication enabled or ' +
        'MessageDeduplicationId provided explicitly',
    );
  }
}

/**
 * Checks the texts of a message, each by itself.
 *
 * @throws ServiceError `InvalidParameter`
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function checkTexts(request: Request): void {
  const { Message: message, Subject: subject } = request;
  if (subject !== undefined && !isSubject(subject)) throw invalidParameter('Subject');
  if (message === undefined || message === '') throw invalidParameter('Empty message');
  checkId('MessageGroupId', request.MessageGroupId);
  checkId('MessageDeduplicationId', request.MessageDeduplicationId);
}

/**
 * Reads a message whose texts are checked. Its size is left to the caller: a batch is measured as a whole. `path` leads
 * to the entry of a batch, for errors.
 *
 * @throws ServiceError `InvalidParameter`, `ParameterValueInvalid`, `ValidationError`
 */
export function readMessage(request: Request, topic: Topic, path = ''): CheckedMessage {
  const { Message: message = '', MessageDeduplicationId: id } = request;
  const checked = readDirectMessage(request, path);
  return topic.fifo ? { ...checked, deduplicationId: id ?? sha256(message) } : checked;
}

/** The same for a message to a phone or a device, which has no topic. */
export function readDirectMessage(request: Request, path = ''): CheckedMessage {
  const { Message: message = '', Subject: subject, MessageGroupId: groupId } = request;
  const attributes = checkMessageAttributes(request.MessageAttributes, path);
  const texts = isJsonStructure(request.MessageStructure) ? readTexts(message) : undefined;
  const json = texts !== undefined;
  return {
    body: json ? (own(texts, 'sqs') ?? own(texts, 'default') ?? '') : message,
    texts,
    subject,
    attributes,
    sendsAttributes: !json,
    bytes: Buffer.byteLength(message) + attributes.bytes,
    groupId,
    deduplicationId: undefined,
  };
}

/** "UTF-8 text with no line breaks or control characters", at most 100 of them. */
function isSubject(subject: string): boolean {
  if (subject === '' || subject.length > MAX_SUBJECT) return false;
  for (let index = 0; index < subject.length; index++) {
    const code = subject.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return true;
}

function checkId(name: string, id: string | undefined): void {
  if (id === undefined || GROUP_OR_DEDUPLICATION_ID.test(id)) return;
  throw invalidParameter(
    `${name} Reason: ${name} can only include alphanumeric and punctuation characters. ` +
      '1 to 128 in length',
  );
}

function isJsonStructure(structure: string | undefined): boolean {
  if (structure === undefined || structure === '') return false;
  if (structure !== 'json') throw invalidParameter('MessageStructure');
  return true;
}

/** What a protocol, or a platform, gets of a message. Values that are no text count as absent. */
export function textFor({ body, texts }: CheckedMessage, protocol: string): string {
  if (texts === undefined) return body;
  return own(texts, protocol) ?? own(texts, 'default') ?? '';
}

function readTexts(message: string): Record<string, unknown> {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    texts = undefined;
  }
  if (typeof texts !== 'object' || texts === null || Array.isArray(texts)) {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  if (own(texts, 'default') === undefined) {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return texts as Record<string, unknown>;
}

function own(texts: object, name: string): string | undefined {
  const value: unknown = Object.hasOwn(texts, name) ? Reflect.get(texts, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function sha256(message: string): string {
  return createHash('sha256').update(message).digest('hex');
}
