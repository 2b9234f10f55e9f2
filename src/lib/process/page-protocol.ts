/** What the engine tells the process that serves its page, once, over the channel that spawned it. */
export interface ToPageProcess {
  readonly kind: 'serve';
  /** The engine's URL. */
  readonly endpoint: string;
  /** What the engine asks of every request; undefined where it asks nothing. */
  readonly engineToken: string | undefined;
  /** The session token of the printed address. */
  readonly session: string;
  /** What the engine shows with each request that it passes on, in `PASSED_HEADER`. */
  readonly secret: string;
  /** Where consumers of this machine keep why they failed; undefined for an engine without a folder of its own. */
  readonly stateDir: string | undefined;
  /** Whether commands find this engine by themselves. */
  readonly isLocal: boolean;
}

/** What that process tells the engine. */
export type FromPageProcess =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The header that the engine's secret is in. */
export const PASSED_HEADER = 'x-pubsub-secret';
