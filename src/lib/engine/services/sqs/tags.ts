import { invalidParameter, missingParameter } from './errors.ts';
import type { Queue } from './queue/queue.ts';

/** More tags than these are refused ("Amazon SQS standard queue quotas" advises against more). */
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks tags that are to be added to those a queue has.
 *
 * @throws ServiceError InvalidParameterValue
 */
export function checkTags(
  existing: ReadonlyMap<string, string>,
  added: Record<string, string>,
): void {
  for (const [key, value] of Object.entries(added)) {
    if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
      throw invalidParameter(
        `Tag keys must be between 1 and ${MAX_KEY_LENGTH} characters in length.`,
      );
    }
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalidParameter(
        `Tag values must be between 0 and ${MAX_VALUE_LENGTH} characters in length.`,
      );
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalidParameter(`Tag keys must not start with 'aws:'.`);
    }
    if (!CHARACTERS.test(key) || !CHARACTERS.test(value)) {
      throw invalidParameter(
        'Tag keys and values can contain letters, digits, whitespace and _ . : / = + - @',
      );
    }
  }
  if (new Set([...existing.keys(), ...Object.keys(added)]).size > MAX_TAGS) {
    throw invalidParameter(`A queue can have up to ${MAX_TAGS} tags.`);
  }
}

/** Adds tags, or gives existing ones new values. */
export function addTags(queue: Queue, added: Record<string, string>): void {
  for (const [key, value] of Object.entries(added)) queue.tags.set(key, value);
}

/** @throws ServiceError MissingParameter */
export function requireTags<T>(tags: T | undefined, parameter: string): T {
  if (tags === undefined) throw missingParameter(parameter);
  return tags;
}
