import { createHash } from 'node:crypto';

/** What SNS and SQS take as `MessageGroupId` and `MessageDeduplicationId` (`Publish`, SNS API reference). */
const FIFO_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** Whether the ARN of a topic or the URL of a queue names a FIFO one. */
export function isFifo(arnOrUrl: string): boolean {
  return arnOrUrl.endsWith('.fifo');
}

/** Whether a text can be a message's group or deduplication id. */
export function isFifoId(text: string): boolean {
  return FIFO_ID.test(text);
}

/** A text as a message's group or deduplication id: itself where it can be one, otherwise its SHA-256 in hex. */
export function fifoId(text: string): string {
  return isFifoId(text) ? text : createHash('sha256').update(text).digest('hex');
}
