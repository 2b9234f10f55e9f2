import { type AppError, usageError } from '../rules/errors.ts';
import { JsonTextError } from '../rules/text/json-text.ts';
import { printable } from '../rules/text/shown-text.ts';
import { isRecord, readExactJson } from './json-value.ts';

/** Fields of an event that were given, with exact numbers. */
export type GivenFields = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON object that somebody wrote, numbers to the letter.
 * @throws AppError `InvalidEvent` (exit 2) that names the position of a mistake.
 */
export function parseGivenFields(text: string): GivenFields {
  let value: unknown;
  try {
    value = readExactJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw invalid(`it is not JSON: ${problemOf(error, text)}`);
  }
  if (!isRecord(value)) throw invalid('it is not a JSON object');
  return value;
}

/** "… (line 2, column 15)"; without the line where there is one only: a line of a file has a number of its own. */
function problemOf({ message, offset }: JsonTextError, text: string): string {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const line = text.includes('\n') ? `line ${before.length}, ` : '';
  return `${printable(message)} (${line}column ${column})`;
}

function invalid(reason: string): AppError {
  return usageError(
    `This is not an event: ${reason}.`,
    'An event looks like {"id":1,"amount":29.99}',
    'InvalidEvent',
  );
}
