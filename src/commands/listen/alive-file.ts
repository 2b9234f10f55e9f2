import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { unwritable } from '../../lib/config/replace-file.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';

/** How often the file is renewed, in milliseconds. */
const BEAT_MS = 5_000;
/** After so long without an answer from SQS a listener counts as stuck: three long polls, in milliseconds. */
const SILENCE_MS = 60_000;

/**
 * A file for probes that look whether a listener is alive: its time is renewed every 5 seconds while each subscriber's
 * receives are answered, or its handlers work. It is there from the first answers on, and goes with the listener.
 */
export class AliveFile {
  readonly #path: string;
  readonly #subscribers: ReadonlyMap<string, { answeredAt: number; working: number }>;
  readonly #timer: NodeJS.Timeout;

  /** @throws AppError `UnwritableFile`, or `NoAliveFile` where something else is there already. */
  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#subscribers = new Map(
      names.map((name) => [name, { answeredAt: Number.NEGATIVE_INFINITY, working: 0 }]),
    );
    if (isSomethingElse(path)) {
      throw new AppError({
        code: 'NoAliveFile',
        message: `${path} is no alive file of a listener; it was left as it is.`,
        hint: 'Name another file: the listener makes it, and removes it when it ends.',
        exitCode: EXIT.usage,
      });
    }
    try {
      writeFileSync(path, '');
      rmSync(path);
    } catch (cause) {
      throw unwritable(path, cause);
    }
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** SQS answered a receive for the subscriber. */
  answered(name: string): void {
    const subscriber = this.#subscribers.get(name);
    if (subscriber === undefined) return;
    const isFirst = subscriber.answeredAt === Number.NEGATIVE_INFINITY;
    subscriber.answeredAt = performance.now();
    if (isFirst) this.#beat();
  }

  /** Runs a handler of the subscriber. */
  async during(name: string, work: () => unknown): Promise<unknown> {
    const subscriber = this.#subscribers.get(name);
    if (subscriber === undefined) return work();
    subscriber.working += 1;
    try {
      return await work();
    } finally {
      subscriber.working -= 1;
    }
  }

  /** Removes the file. */
  close(): void {
    clearInterval(this.#timer);
    rmSync(this.#path, { force: true });
  }

  #beat(): void {
    const now = performance.now();
    for (const { answeredAt, working } of this.#subscribers.values()) {
      if (working === 0 && now - answeredAt > SILENCE_MS) return;
    }
    try {
      writeFileSync(this.#path, `${process.pid}\n`);
    } catch {
      // A file that isn't renewed says what is to be said.
    }
  }
}

/** Whether a path has what no listener left there: a device, or a file with more than the number of a process. */
function isSomethingElse(path: string): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() || found.size > 12 || !/^\d*\n?$/.test(readFileSync(path, 'latin1'));
  } catch {
    return false;
  }
}
