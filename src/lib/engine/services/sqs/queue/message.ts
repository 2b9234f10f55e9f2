import { hash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SharedBody } from '../../../ports.ts';
import type { HeapItem } from './indexed-heap.ts';

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
  /** When it came from the queue that dead-lettered it; ms since the epoch. */
  movedAt?: number;
  /** Set when the message is older than its place in the queue tells. */
  age?: AgeEntry;
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
  /** Set while the journal keeps the body, or a part of it, with those of other messages. */
  shared: SharedBody | undefined;
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

/** A message whose age its place in the queue does not tell, because it came from another queue. */
export interface AgeEntry extends HeapItem {
  readonly sentAt: number;
  readonly message: Message;
}

/** How many messages of a kind there are, by state. */
export interface Figures {
  visible: number;
  delayed: number;
  inFlight: number;
}

/** Whether one message came to its queue before another. */
export function arrivedBefore(a: Message, b: Message): boolean {
  return a.seq < b.seq;
}

const DIGIT_0 = 0x30;
const LETTER_A = 0x61;

/** The first 32 bits of an MD5 in lower-case hex, as a number; `NaN` for an empty text. */
export function bodyDigest(md5: string): number {
  // Half the time of slicing and parsing.
  let digest = 0;
  for (let at = 0; at < 8; at += 1) {
    const code = md5.charCodeAt(at);
    digest = digest * 16 + (code < LETTER_A ? code - DIGIT_0 : code - LETTER_A + 10);
  }
  return digest;
}

/** MD5 of the message's body in hex. */
export function bodyMd5(message: Message): string {
  if (message.md5 === '') message.md5 = hash('md5', message.body);
  return message.md5;
}
