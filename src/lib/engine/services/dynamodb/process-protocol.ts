/**
 * The file descriptor of the table process over which calls come in and answers go out, as frames: a stream that the
 * engine opened for it, which no other process can reach.
 */
export const CALLS_FD = 4;

/** What a frame with a call begins with; the request's body follows. */
export interface CallHead {
  /** The answer has the same. */
  readonly id: number;
  readonly account: string;
  readonly region: string;
  /** Those that the library looks at, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a frame with an answer begins with; the answer's body follows. */
export interface ReplyHead {
  readonly id: number;
  /** Of HTTP. */
  readonly status: number;
  /** Undefined for what has none. */
  readonly contentType?: string | undefined;
  /** The body's CRC-32, as the library has reckoned it; undefined where it has not. */
  readonly checksum?: string | undefined;
}

/** What the engine tells its table process over the channel that spawned it. */
export interface ToTableProcess {
  /** Drops every table of every account and region. */
  readonly kind: 'reset';
}

/** What the table process tells the engine. */
export type FromTableProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reset-done' }
  /** It ends, since it can't write to the disk. */
  | { readonly kind: 'failed'; readonly message: string };
