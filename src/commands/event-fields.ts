import { parseGivenFields } from '../lib/events/given-fields.ts';
import { AppError, usageError } from '../lib/rules/errors.ts';

/**
 * The fields of an event that somebody gave.
 * @param text a JSON object. @param source where it came from, for the words of an error: `--data`, or `Line 3`.
 * @throws AppError (exit 2) that names the source.
 */
export function readEventFields(source: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return parseGivenFields(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw usageError(`${source}: ${error.message}`, error.hint, error.code);
  }
}
