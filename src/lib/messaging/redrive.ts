import type { Aws } from '../aws/clients.ts';
import { deleteBatch, receiveMessages } from '../aws/received-messages.ts';
import { sendOn } from '../aws/sent-messages.ts';
import { MAX_RECEIVE_MESSAGES } from '../model/limits.ts';

export interface RedriveOptions {
  readonly aws: Aws;
  readonly dlqUrl: string;
  /** A standard queue: where the messages came from. */
  readonly queueUrl: string;
  /** Aborted to take no more. */
  readonly signal: AbortSignal;
}

/** Seconds to wait for a message before the dead-letter queue counts as empty. */
const WAIT = 1;

/**
 * Sends all messages of a dead-letter queue back to a queue, in batches; only what the queue has taken is deleted.
 * @returns how many were sent back and deleted. @throws AppError of the first call that failed.
 */
export async function redrive({ aws, dlqUrl, queueUrl, signal }: RedriveOptions): Promise<number> {
  const never = new AbortController().signal;
  let moved = 0;
  while (!signal.aborted) {
    const options = { max: MAX_RECEIVE_MESSAGES, waitSeconds: WAIT, signal: never };
    const messages = await receiveMessages(aws, dlqUrl, options);
    if (messages.length === 0) break;
    const taken = await sendOn(aws, queueUrl, messages);
    const handles = messages.filter((_, index) => taken[index]).map((each) => each.receiptHandle);
    if (handles.length === 0) break;
    const results = await deleteBatch(aws, dlqUrl, handles);
    moved += results.filter(({ ok }) => ok).length;
  }
  return moved;
}
