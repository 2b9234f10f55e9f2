/** What the order server has to say, without anything of an order in it. */
export type ServerLogEntry =
  | {
      readonly kind: 'request';
      readonly requestId: string;
      readonly method: string;
      /** The route's pattern, not the address: ids and filters stay out of the log. */
      readonly route: string;
      readonly status: number;
      /** Milliseconds. */
      readonly ms: number;
    }
  /** Why a request was answered with 500 or more. */
  | { readonly kind: 'failure'; readonly requestId: string; readonly message: string }
  | { readonly kind: 'note' | 'warning'; readonly message: string };

/** Where entries go. MUST NOT throw. */
export type ServerLog = (entry: ServerLogEntry) => void;
