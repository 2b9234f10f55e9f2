import { MAX_VISIBILITY_SECONDS } from '../../../rules/limits.ts';
import { receiptHandleIsInvalid } from './errors.ts';
import type { Message } from './queue/message.ts';
import type { Queue } from './queue/queue.ts';

/** What a receipt handle says of the receive that gave it out. */
export interface ReceiptHandle {
  readonly queueId: number;
  readonly seq: number;
  /** First four bytes of the message's id, because numbers may be given out again after a restart. */
  readonly idPrefix: number;
  readonly receiveCount: number;
  /** Ms since the epoch. */
  readonly receivedAt: number;
}

/** Three bytes that make the base64 text begin with `AQEB`, as AWS's handles do. */
const MARK = 0x010101;
const LENGTH = 33;

/**
 * The handle of a message's receive at `now`. It holds all that is needed to find the message again, so that handles
 * outlive the engine; it is no secret, because the engine checks no signature either.
 */
export function receiptHandle(queue: Queue, message: Message, now: number): string {
  const bytes = Buffer.allocUnsafe(LENGTH);
  bytes.writeUIntBE(MARK, 0, 3);
  bytes.writeUIntBE(queue.id, 3, 6);
  bytes.writeUIntBE(message.seq, 9, 6);
  bytes.writeUInt32BE(Number.parseInt(message.id.slice(0, 8), 16), 15);
  bytes.writeUInt32BE(message.receiveCount, 19);
  bytes.writeUIntBE(now, 23, 6);
  bytes.writeUInt32BE(checksum(bytes), 29);
  return bytes.toString('base64');
}

/** Reads a handle; undefined for any text that `receiptHandle` didn't make. */
export function readReceiptHandle(text: string): ReceiptHandle | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== LENGTH || bytes.readUIntBE(0, 3) !== MARK) return undefined;
  if (bytes.readUInt32BE(29) !== checksum(bytes)) return undefined;
  return {
    queueId: bytes.readUIntBE(3, 6),
    seq: bytes.readUIntBE(9, 6),
    idPrefix: bytes.readUInt32BE(15),
    receiveCount: bytes.readUInt32BE(19),
    receivedAt: bytes.readUIntBE(23, 6),
  };
}

/** The message of a handle, whichever receive the handle is from; undefined when it has gone. */
export function messageOf(queue: Queue, handle: ReceiptHandle): Message | undefined {
  const message = queue.table.get(handle.seq);
  if (message === undefined) return undefined;
  return Number.parseInt(message.id.slice(0, 8), 16) === handle.idPrefix ? message : undefined;
}

/** FNV-1a over all but the last four bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < LENGTH - 4; index += 1) {
    sum = Math.imul(sum ^ (bytes[index] as number), 0x01000193);
  }
  return sum >>> 0;
}

/** A handle stands for its receive this long; ms. */
const LIFETIME = MAX_VISIBILITY_SECONDS * 1000;

/** Whether the receive was so long ago that its handle no longer deletes. */
export function hasExpired(handle: ReceiptHandle, now: number): boolean {
  return now - handle.receivedAt > LIFETIME;
}

/** @throws ServiceError ReceiptHandleIsInvalid for text that is no handle, or another queue's */
export function requireHandle(queue: Queue, text: string): ReceiptHandle {
  const handle = readReceiptHandle(text);
  if (handle === undefined || handle.queueId !== queue.id) throw receiptHandleIsInvalid(text);
  return handle;
}
