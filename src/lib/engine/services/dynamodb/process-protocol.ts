/** Headers between the engine and its table process: they say whose tables a call is about, and that the engine asks. */
export const TABLE_HEADERS = {
  secret: 'x-pubsub-secret',
  account: 'x-pubsub-account',
  region: 'x-pubsub-region',
} as const;

/** What the engine tells its table process over the channel that spawned it. */
export interface ToTableProcess {
  /** Drops every table of every account and region. */
  readonly kind: 'reset';
}

/** What the table process tells the engine. */
export type FromTableProcess =
  | { readonly kind: 'ready'; readonly port: number; readonly secret: string }
  | { readonly kind: 'reset-done' }
  /** It ends, since it can't write to the disk. */
  | { readonly kind: 'failed'; readonly message: string };
