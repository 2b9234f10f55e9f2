import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

/** A message that a FIFO topic took for a repetition and did not deliver. */
export interface RepeatedMessage {
  readonly time: Date;
  readonly deduplicationId: string;
  /** Of the message that was delivered under this id. */
  readonly messageId: string;
  readonly body: string;
}

/**
 * Asks the endpoint what a FIFO topic took for repetitions lately (`GET /_pubsub/repeats` of an embedded engine). Asks
 * nobody on `aws`.
 * @returns the oldest first; undefined where something else than an engine answers.
 */
export async function readRepeats(
  aws: Aws,
  topicArn: string,
): Promise<readonly RepeatedMessage[] | undefined> {
  const query = new URLSearchParams({ topic: topicArn });
  const found = await observed(aws, `/_pubsub/repeats?${query}`);
  const { repeats } = (found ?? {}) as { readonly repeats?: readonly RepeatLine[] };
  if (!Array.isArray(repeats)) return undefined;
  return (repeats as readonly RepeatLine[]).map(({ time, ...repeat }) => ({
    ...repeat,
    time: new Date(time),
  }));
}

interface RepeatLine {
  readonly time: number;
  readonly deduplicationId: string;
  readonly messageId: string;
  readonly body: string;
}
