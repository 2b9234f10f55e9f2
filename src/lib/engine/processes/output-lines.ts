import type { Readable } from 'node:stream';

/** "Maximum log event size" (CloudWatch Logs quotas), in characters: a longer line is told in parts. */
const MAX_LINE_LENGTH = 256 * 1024;

/**
 * Tells each line of a stream; a carriage return inside one is kept, for that is how runtimes keep several together.
 *
 * @returns tells what was printed without an end of line, as when an invocation is over
 */
export function tellLines(stream: Readable, onLine: (line: string) => void): () => void {
  let rest = '';
  const tellRest = (): void => {
    const line = rest;
    rest = '';
    if (line !== '') onLine(line);
  };
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > MAX_LINE_LENGTH) tellRest();
  });
  stream.on('end', tellRest);
  return tellRest;
}
