import { hash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { AgeEntry } from './queue.ts';

/** User attributes of a message, by name. */
export type MessageAttributes = Record<string, MessageAttributeValue>;

/** Not yet receivable: `dueAt` says when it will be. */
export const DELAYED = 0;
/** Can be received. */
export const READY = 1;
/** Received and neither deleted nor visible again: `dueAt` says when its visibility timeout ends. */
export const IN_FLIGHT = 2;
/** Deleted, moved or expired: only stale references still see it. */
export const GONE = 3;

/** Where a message is in its life: `DELAYED`, `READY`, `IN_FLIGHT` or `GONE`. */
export type MessageState = 0 | 1 | 2 | 3;

/** What few messages have, kept apart so that the others stay small. */
export interface MessageExtra {
  groupId?: string;
  deduplicationId?: string;
  sequenceNumber?: string;
  traceHeader?: string;
  /** ARN of the queue that dead-lettered the message. */
  deadLetterSource?: string;
  /** Receives before the message came to this queue: they count for `ApproximateReceiveCount`, not for redrive. */
  priorReceives?: number;
  /** Set when the message is older than its place in the queue tells. */
  age?: AgeEntry;
}

/** What the bodies of the messages that one fan-out makes have in common, so that it is kept once. */
export interface SharedBody {
  readonly before: string;
  readonly after: string;
  /** Its number in the journal, while there are messages. */
  record: number;
  /** How many messages in the journal need it. */
  messages: number;
}

/** A message's part in a shared body: `before`, its own text, `after` make its body. */
export interface BodyShare {
  readonly body: SharedBody;
  readonly own: string;
}

/** The body that a share is of. */
export function bodyOf({ body, own }: BodyShare): string {
  return body.before + own + body.after;
}

/** One message in one queue. A million of them may be waiting: fields are few and no message has a closure or timer. */
export interface Message {
  /** Place in the queue, ascending in order of arrival. */
  readonly seq: number;
  /** MessageId: a UUID. */
  readonly id: string;
  /** Its number in the journal; 0 where nothing is kept. */
  record: number;
  body: string;
  /** Set while the journal keeps the body in two parts. */
  shared: BodyShare | undefined;
  /** MD5 of the body in hex; empty until asked for. */
  md5: string;
  /** `SentTimestamp`, and the begin of the retention period; ms since the epoch. */
  readonly sentAt: number;
  /** `SenderId`. */
  readonly sender: string;
  attributes: MessageAttributes | undefined;
  extra: MessageExtra | undefined;
  state: MessageState;
  /** When a delayed message becomes receivable or an in-flight one visible again; ms since the epoch. */
  dueAt: number;
  receiveCount: number;
  /** Ms since the epoch; 0 before the first receive. */
  firstReceivedAt: number;
  heapIndex: number;
}

/** MD5 of the message's body in hex. */
export function bodyMd5(message: Message): string {
  if (message.md5 === '') message.md5 = hash('md5', message.body);
  return message.md5;
}
