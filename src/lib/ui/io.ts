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

/** Ctrl-C and SIGTERM: the first aborts `stop`, the second ends the process with 130. A closed terminal aborts `stop`. */
export interface Interrupts {
  /** Aborted by the first interrupt. Long work MUST stop taking on more and finish what it has in hand. */
  readonly stop: AbortSignal;
  /** Aborted by the second, just before the process ends. */
  readonly abort: AbortSignal;
}

/** The world as a run sees it; tests pass their own. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly interrupts: Interrupts;
  /**
   * Takes over what happens when a reader of stdout or stderr is gone (`| head`): otherwise the process ends at once.
   * @returns what gives it back.
   */
  onOutputClosed?(handler: () => void): () => void;
}
