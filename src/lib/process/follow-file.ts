import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a followed file is looked at, in milliseconds. */
const POLL_MS = 200;

/** The lines that come to a file from now on, until `signal` aborts; the file need not be there yet. */
export async function* followFile(path: string, signal: AbortSignal): AsyncGenerator<string> {
  let position = sizeOf(path);
  let partial = '';
  while (!signal.aborted) {
    const size = sizeOf(path);
    if (size < position) position = 0;
    if (size > position) {
      const file = await open(path, 'r');
      try {
        const { buffer, bytesRead } = await file.read(
          Buffer.alloc(size - position),
          0,
          size - position,
          position,
        );
        position += bytesRead;
        partial += buffer.toString('utf8', 0, bytesRead);
      } finally {
        await file.close();
      }
      const lines = partial.split('\n');
      partial = lines.pop() ?? '';
      yield* lines;
    } else {
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
