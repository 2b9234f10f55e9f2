import { type MessageAttribute, parseAttribute } from '../../lib/events/attributes.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { isFifoId } from '../../lib/rules/fifo.ts';
import { MAX_MESSAGE_ATTRIBUTES } from '../../lib/rules/limits.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { readWholeNumber } from '../whole-number.ts';

/** The value of `--count`. @throws AppError (exit 2). */
export function parseCount(text: string): number {
  return readWholeNumber('--count', text, [1], '--count 100');
}

/** The value of `--seed`. @throws AppError (exit 2). */
export function parseSeed(text: string): number {
  return readWholeNumber('--seed', text, [0], '--seed 42');
}

/** The value of `--rate`, events a second. @throws AppError (exit 2). */
export function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0) return rate;
  throw usageError(`--rate must be a number above 0, not "${text}".`, '--rate 50');
}

/** The value of `--group`. @param fifo whether the topic is a FIFO one. @throws AppError (exit 2). */
export function parseGroup(text: string, fifo: boolean): string {
  if (!fifo) {
    throw usageError(
      '--group needs a FIFO topic, and this one is a standard topic.',
      'Leave --group out, or say "fifo: true" in pubsub.yaml.',
    );
  }
  if (isFifoId(text)) return text;
  throw usageError(
    `--group must be 1 to 128 letters, digits or punctuation, not "${text}".`,
    '--group payment-7',
  );
}

/** The value of `--retry-for`, in seconds. @throws AppError (exit 2). */
export function parseRetryFor(text: string): number {
  return /^\d+\.\d+$/.test(text) ? Number(text) : parseDuration('--retry-for', text);
}

/** The values of `--attribute`, `name=value` or `name:Type=value` each. @throws AppError (exit 2). */
export function parseAttributes(pairs: readonly string[]): Record<string, MessageAttribute> {
  const attributes = new Map<string, MessageAttribute>();
  for (const pair of pairs) {
    const [name, attribute] = parseAttribute('--attribute', pair);
    if (name === 'event_type' || attributes.has(name)) {
      throw usageError(`The attribute ${name} is set already.`, 'Give each name once.');
    }
    attributes.set(name, attribute);
  }
  if (pairs.length + 1 > MAX_MESSAGE_ATTRIBUTES) {
    throw usageError(
      `${pairs.length} attributes and event_type make more than the ${MAX_MESSAGE_ATTRIBUTES} that a queue can take.`,
      'Put the rest into --data.',
    );
  }
  return Object.fromEntries(attributes);
}
