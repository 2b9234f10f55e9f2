import type { z } from 'zod';
import { type FieldErrors, invalidFields } from './problem.ts';

/** Unknown fields that an answer names, and characters of each name. */
const SHOWN = { fields: 10, characters: 60 };

/**
 * Checks what a client sent.
 * @param root what to call the whole where it isn't even an object
 * @throws Problem 422 with the messages of each field
 */
export function check<T extends z.ZodType>(schema: T, value: unknown, root: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error.issues, root));
}

function fieldErrors(issues: readonly z.core.$ZodIssue[], root: string): FieldErrors {
  const errors = new Map<string, string[]>();
  const add = (field: string, message: string): void => {
    const messages = errors.get(field) ?? [];
    if (!messages.includes(message)) messages.push(message);
    errors.set(field, messages);
  };
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, SHOWN.fields)) {
        add(key.slice(0, SHOWN.characters), 'is not a known field');
      }
    } else {
      add(String(issue.path.at(-1) ?? root), issue.message);
    }
  }
  return Object.fromEntries(errors);
}
