import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Codec, type LoggedWrite, readLog } from './log-format.ts';

const NAME = /^log-(\d+)$/;

/** A file that commits are written to, one behind the other. It is made with the first one. */
export class LogFile {
  readonly generation: number;
  readonly #path: string;
  #file: number | undefined;
  /** Bytes that were written in all, good or not. */
  #length = 0;

  constructor(folder: string, generation: number) {
    this.generation = generation;
    this.#path = join(folder, `log-${generation}`);
  }

  /**
   * Writes the bytes between two places of the buffer to the same places of the file; all that was good before `start`
   * stays.
   *
   * @throws the system's error; nothing is there then that could be taken for a commit
   */
  write(buffer: Buffer, start: number, end: number): void {
    this.#file ??= openSync(this.#path, 'w', 0o600);
    // Left by a write that failed.
    if (this.#length > start) this.#cut(this.#file, start);
    let at = this.#length;
    try {
      while (at < end) {
        at += writeSync(this.#file, buffer, at, end - at, at);
        this.#length = at;
      }
    } catch (error) {
      if (this.#length > start) this.#cut(this.#file, start);
      throw error;
    }
  }

  /** Lets the disk have what was written, in the background. */
  flush(): void {
    if (this.#file !== undefined) fdatasync(this.#file, () => undefined);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** Takes the file away. */
  remove(): void {
    this.close();
    try {
      unlinkSync(this.#path);
    } catch {
      // It is known to be over: the next start takes no notice of it.
    }
  }

  #cut(file: number, length: number): void {
    ftruncateSync(file, length);
    this.#length = length;
  }
}

/** A log that an earlier engine left, the oldest first. */
export interface LeftLog {
  readonly generation: number;
  readonly writes: readonly LoggedWrite[];
}

/** Reads the logs in a folder that belong to generations after `applied`. @throws Error for one that is damaged */
export function readLogs(folder: string, applied: number, codec: Codec): LeftLog[] {
  return generationsIn(folder)
    .filter((generation) => generation > applied)
    .map((generation) => {
      const name = `log-${generation}`;
      try {
        return { generation, writes: readLog(readFileSync(join(folder, name)), codec) };
      } catch (cause) {
        throw new Error(`${name} can't be read`, { cause });
      }
    });
}

/** Which logs a folder has, in the order in which they were written. */
function generationsIn(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
