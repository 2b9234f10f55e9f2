import { usageError } from '../lib/rules/errors.ts';
import { shownText } from '../lib/rules/text/shown-text.ts';

/** Reads `--port`. @param hint what to type instead. @throws AppError (exit 2) */
export function parsePort(
  text: string,
  hint = 'pubsub local start --port 0 picks a free one.',
): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw usageError(
    `--port must be a whole number from 0 to 65535, not "${shownText(text)}".`,
    hint,
  );
}
