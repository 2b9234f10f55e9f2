import { isFifo } from '../rules/fifo.ts';
import type { Aws } from './clients.ts';
import {
  changeVisibilityBatch,
  deleteBatch,
  type EntryResult,
  type ReceivedMessage,
  type ReceiveOptions,
  receiveMessages,
  type VisibilityChange,
  visibilityTimeout,
} from './received-messages.ts';

/**
 * A queue as a consumer needs it: messages are handed out for a while, and come again unless they are deleted. All
 * methods throw AppError: `QueueNotFound`, or one that `isTransient` tells from what can't be mended.
 */
export interface MessageQueue {
  readonly url: string;
  /** Whether the order within message groups counts. */
  readonly fifo: boolean;
  /** Hands out messages, waiting for the first one; an empty list where none came. @throws `AbortError` after an abort. */
  receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  /** Removes up to ten handed out messages. @returns one result a receipt handle, in their order. */
  delete(receiptHandles: readonly string[]): Promise<EntryResult[]>;
  /** Sets when up to ten handed out messages come again. @returns one result a change, in their order. */
  changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]>;
  /** Seconds for which a message is handed out; undefined where that can't be read. */
  visibilityTimeout(): Promise<number | undefined>;
}

/** A queue of SQS. */
export function sqsQueue(aws: Aws, url: string): MessageQueue {
  return {
    url,
    fifo: isFifo(url),
    receive: (options) => receiveMessages(aws, url, options),
    delete: (receiptHandles) => deleteBatch(aws, url, receiptHandles),
    changeVisibility: (changes) => changeVisibilityBatch(aws, url, changes),
    visibilityTimeout: () => visibilityTimeout(aws, url),
  };
}
