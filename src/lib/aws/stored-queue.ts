import { queueNameFromUrl } from '../rules/names.ts';
import type { Aws } from './clients.ts';
import { purgeQueue } from './purge.ts';
import { findQueueUrl, getQueueAttributes } from './queues.ts';
import {
  changeVisibilityBatch,
  deleteBatch,
  type EntryResult,
  type VisibilityChange,
} from './received-messages.ts';
import { isFifoQueue, type OutgoingMessage, sendBatch } from './sent-messages.ts';
import type { SendableMessage, StoredMessage } from './stored-message.ts';
import { receiveStored } from './stored-messages.ts';

/** How much lies in a queue; SQS's counts are approximate. */
export interface Depth {
  readonly visible: number;
  /** Received by somebody, and neither deleted nor visible again; none where nobody tells. */
  readonly hidden: number;
}

/**
 * A queue as one needs it to look into it and to move its messages. All methods throw AppError: `QueueNotFound`, or what
 * the call failed with.
 */
export interface StoredQueue {
  readonly name: string;
  readonly fifo: boolean;
  /** Whether a receive that brings nothing says that nothing is there; AWS asks some of its servers only. */
  readonly exact: boolean;
  /** Undefined where a line of an export is a message of SQS. */
  readonly lines?: ExportLines;
  /**
   * Takes messages, with all that is known of them, and hides them.
   * @param options.max 1 to 10. @param options.waitSeconds for the first one. @param options.hideSeconds at least.
   */
  receive(options: {
    readonly max: number;
    readonly waitSeconds: number;
    readonly hideSeconds: number;
  }): Promise<readonly StoredMessage[]>;
  /** Sets when up to ten taken messages are visible again. @returns one result a change, in their order. */
  changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]>;
  /** Removes up to ten taken messages. @returns one result a receipt handle, in their order. */
  delete(receiptHandles: readonly string[]): Promise<EntryResult[]>;
  /** Adds up to ten messages. @returns one result a message, in their order: `ok` once the queue has it. */
  send(messages: readonly OutgoingMessage[]): Promise<EntryResult[]>;
  /** Drops all messages. @returns how many, where that is told. */
  purge(): Promise<number | undefined>;
  depth(): Promise<Depth>;
  /** Another queue beside it; undefined where there is none of the name. */
  sibling(name: string): Promise<StoredQueue | undefined>;
}

/** Lines of an export of a queue whose messages are more than SQS's. */
export interface ExportLines {
  /** Bytes of a line at the most. */
  readonly maxBytes: number;
  /** What a line has to say of a message besides what is said of one of SQS, as JSON; it takes the place of that. */
  further(message: StoredMessage): Record<string, unknown>;
  /** Reads a line of any export. @throws AppError `InvalidLine` that says what is wrong with it. */
  read(text: string): SendableMessage;
}

/** A queue of SQS. */
export function sqsStoredQueue(aws: Aws, url: string): StoredQueue {
  return {
    name: queueNameFromUrl(url),
    fifo: isFifoQueue(url),
    exact: aws.kind !== 'aws',
    receive: (options) => receiveStored(aws, url, options),
    changeVisibility: (changes) => changeVisibilityBatch(aws, url, changes),
    delete: (receiptHandles) => deleteBatch(aws, url, receiptHandles),
    send: (messages) => sendBatch(aws, url, messages),
    async purge() {
      await purgeQueue(aws, url);
      return undefined;
    },
    async depth() {
      return depthOf(
        await getQueueAttributes(aws, url, [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
        ]),
      );
    },
    async sibling(name) {
      const found = await findQueueUrl(aws, name);
      return found === undefined ? undefined : sqsStoredQueue(aws, found);
    },
  };
}

/** Finds a queue of SQS with what its attributes say of it; undefined where there is none. */
export async function findStoredQueue(aws: Aws, name: string) {
  const url = await findQueueUrl(aws, name);
  const attributes = url === undefined ? undefined : await getQueueAttributes(aws, url);
  if (url === undefined || attributes === undefined) return undefined;
  const receives = readMaxReceiveCount(attributes.RedrivePolicy);
  return {
    queue: sqsStoredQueue(aws, url),
    sqs: { url, arn: attributes.QueueArn ?? '' },
    ...depthOf(attributes),
    limit:
      receives === undefined
        ? undefined
        : {
            by: 'a dead-letter queue of its own',
            receives,
            outcome: 'SQS moves its messages on',
          },
  };
}

function readMaxReceiveCount(policy: string | undefined): number | undefined {
  if (!policy) return undefined;
  try {
    return Number(JSON.parse(policy).maxReceiveCount);
  } catch {
    return undefined;
  }
}

function depthOf(attributes: Readonly<Record<string, string>> | undefined): Depth {
  return {
    visible: Number(attributes?.ApproximateNumberOfMessages ?? 0),
    hidden: Number(attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
