import { invalid } from './errors.ts';

/** Whether a message is one that a filter pattern asks for. */
export type MatchMessage = (message: string) => boolean;

/**
 * Reads a filter pattern for unstructured log events: words that all have to be there, `"phrases"`, `?any` and `-none`;
 * letters count as they are written. An empty pattern matches everything.
 * @throws ServiceError `InvalidParameterException` for a JSON, space-delimited or regular expression pattern, which the
 * engine doesn't read, and for an open quote.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern = ''): MatchMessage {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) {
    throw invalid(
      'The local engine reads filter patterns of words and "phrases" only, not JSON, columns or regular expressions.',
    );
  }
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  for (const [, sign = '', phrase, word = ''] of text.matchAll(/([?-]?)(?:"([^"]*)"|([^\s"]+))/g)) {
    const wanted = sign === '?' ? any : sign === '-' ? none : all;
    wanted.push(phrase ?? word);
  }
  if ((text.split('"').length - 1) % 2 !== 0) throw invalid('Invalid filter pattern');
  return (message) =>
    all.every((word) => message.includes(word)) &&
    (any.length === 0 || any.some((word) => message.includes(word))) &&
    !none.some((word) => message.includes(word));
}
