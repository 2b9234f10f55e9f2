import type { Readable, Writable } from 'node:stream';

/** An output stream as the printer needs it. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** An input stream as prompts and `--file -` need it. */
export interface Input extends Readable {
  readonly isTTY?: boolean;
}

/**
 * What asks a run to end: Ctrl-C, SIGTERM, SIGHUP, and an output that takes nothing any more. The first aborts `stop`,
 * a second Ctrl-C or SIGTERM ends the process with 130.
 */
export interface Interrupts {
  /** Aborted by the first interrupt. Long work MUST stop taking on more and finish what it has in hand. */
  readonly stop: AbortSignal;
  /** Aborted by the second, just before the process ends. */
  readonly abort: AbortSignal;
}

/** The reason of `stop` where nobody asked for an end, but what is printed can't be written any more. */
export const OUTPUT_LOST = 'output lost';

/** The world as a run sees it; tests pass their own. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. @throws AppError (exit 2) where it was deleted. */
  readonly cwd: string;
  readonly interrupts: Interrupts;
}

/** Whether a run was ended because nobody can read what it prints. */
export function isOutputLost({ interrupts }: Io): boolean {
  return interrupts.stop.reason === OUTPUT_LOST;
}
