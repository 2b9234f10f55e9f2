import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../rules/errors.ts';
import { MAX_BATCH_ENTRIES, SQS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';
import { readLines } from '../rules/text/json-lines.ts';
import type { Ranges } from '../rules/text/ranges.ts';
import type { PublishItem } from './publisher.ts';

/** A line that holds no event. */
export interface BadLine {
  readonly line: number;
  /** The line as it was; undefined where it was too long to keep or is not text. */
  readonly text: string | undefined;
  readonly error: AppError;
}

/** What a line becomes. @throws AppError where it holds no event. */
export type ReadLine<I extends PublishItem> = (text: string, line: number) => I;

/**
 * Events from a stream of lines, read as they are taken.
 * @param only the lines that count.
 * @param onBadLine told of each line that holds no event; it MAY throw to end the stream there.
 */
export async function* eventLines<I extends PublishItem>(
  source: AsyncIterable<Uint8Array>,
  read: ReadLine<I>,
  only: Ranges,
  onBadLine: (bad: BadLine) => void,
): AsyncGenerator<I> {
  for await (const found of readLines(source, SQS_MAX_MESSAGE_BYTES)) {
    const line = found.number;
    if (line > only.last) return;
    if (!only.has(line)) continue;
    if ('problem' in found) {
      const message = `Line ${line}: ${found.problem}.`;
      onBadLine({ line, text: undefined, error: new AppError({ code: 'InvalidEvent', message }) });
      continue;
    }
    try {
      yield { ...read(found.text, line), line, position: line };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      onBadLine({ line, text: found.text, error });
    }
  }
}

/**
 * Holds a stream of items to a rate.
 * @param rate items a second, above 0; undefined for as fast as it goes.
 * @param signal aborted to end the waits, and the stream with them.
 */
export async function* paced<T>(
  items: Iterable<T> | AsyncIterable<T>,
  rate: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<T> {
  if (rate === undefined) {
    yield* items;
    return;
  }
  // At higher rates items come in small groups, so that they still share requests.
  const group = Math.min(MAX_BATCH_ENTRIES, Math.max(1, Math.floor(rate / 10)));
  const started = performance.now();
  let count = 0;
  for await (const item of items) {
    if (count > 0 && count % group === 0) {
      const due = started + (count / rate) * 1000;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
    yield item;
    count++;
  }
}
