import { isUtf8 } from 'node:buffer';

/** One line of a stream, numbered from 1; or why it can't be read. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string };

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * Splits a byte stream into lines as they come. At most one line is in memory, and of a line longer than `maxBytes`
 * not even that. A trailing carriage return and a leading byte order mark are dropped; blank lines are counted and
 * left out.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
): AsyncGenerator<Line> {
  let number = 0;
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (): Line | undefined => {
    number++;
    const length = bytes;
    const line = Buffer.concat(parts);
    parts = [];
    bytes = 0;
    if (length > maxBytes) {
      return { number, problem: `it has ${length} bytes; ${maxBytes} are the most` };
    }
    if (!isUtf8(line)) return { number, problem: 'it is not UTF-8' };
    const text = line.toString('utf8').replace(/\r$/, '').replace(BYTE_ORDER_MARK, '');
    return text.trim() === '' ? undefined : { number, text };
  };
  for await (const piece of source) {
    const chunk = Buffer.from(piece as Uint8Array);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      const line = take();
      if (line) yield line;
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (bytes > 0) {
    const line = take();
    if (line) yield line;
  }

  function keep(part: Buffer): void {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
    else parts = [];
  }
}
