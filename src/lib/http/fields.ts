import * as z from 'zod';

/** What is said of a field that isn't there. */
export const MISSING = 'is missing';

/** One message for whatever is wrong with a field, but for a missing one. */
export const says = (message: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? MISSING : message),
});

/** What an object's own message is. */
export const FIELDS = says('must be an object');

/**
 * Digits of a whole number from 1 in a URL, without anything that would be another writing of it.
 * @param message what is said of anything else, and of more than `most`
 */
export function urlNumber(most: number, message: string) {
  return z
    .string(says('must be given once'))
    .regex(/^[1-9]\d{0,15}$/, message)
    .transform(Number)
    .refine((number) => number <= most, message);
}
