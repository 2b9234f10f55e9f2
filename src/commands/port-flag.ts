import { usageError } from '../lib/rules/errors.ts';
import { shownText } from '../lib/rules/text/shown-text.ts';

/** Whether a text is a port, 0 for a free one. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

/** Reads `--port`. @param hint what to type instead. @throws AppError (exit 2) */
export function parsePort(
  text: string,
  hint = 'pubsub local start --port 0 picks a free one.',
): number {
  if (isPort(text)) return Number(text);
  throw usageError(
    `--port must be a whole number from 0 to 65535, not "${shownText(text)}".`,
    hint,
  );
}
