import type { Readable } from 'node:stream';

/** Characters of a line of a program's output that are kept; the rest of a longer line is dropped. */
export const MAX_OUTPUT_LINE = 65_536;

/** What a cut line ends with. */
const CUT = ` … (cut after ${MAX_OUTPUT_LINE.toLocaleString('en')} characters)`;

export interface OutputLines {
  /** Told each line without its end. @param isCut whether it was longer than `MAX_OUTPUT_LINE`. */
  readonly onLine: (line: string, isCut: boolean) => void;
  /** Where the lines go can take no more for now: what resolves when it can. */
  readonly room?: () => Promise<void> | undefined;
}

/**
 * Reads lines from a program's output. Memory stays flat whatever it prints: long lines are cut, and the pipe isn't
 * read while there is no room for its lines, so that the program waits.
 * @returns whether it waits for room.
 */
export function readOutputLines(stream: Readable, { onLine, room }: OutputLines): () => boolean {
  let line = '';
  let isCut = false;
  let waits = false;
  const take = (text: string): void => {
    const left = MAX_OUTPUT_LINE - line.length;
    if (text.length > left) isCut = true;
    if (left > 0) line += text.slice(0, left);
  };
  const end = (): void => {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    onLine(isCut ? whole + CUT : whole, isCut);
    line = '';
    isCut = false;
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    let at = 0;
    for (let next = chunk.indexOf('\n'); next >= 0; next = chunk.indexOf('\n', at)) {
      take(chunk.slice(at, next));
      end();
      at = next + 1;
    }
    take(chunk.slice(at));
    const waiting = room?.();
    if (waiting === undefined) return;
    waits = true;
    stream.pause();
    void waiting.then(() => {
      waits = false;
      stream.resume();
    });
  });
  stream.on('end', () => {
    if (line !== '' || isCut) end();
  });
  // Its end says what became of what wasn't read.
  stream.on('error', () => {});
  return () => waits;
}
