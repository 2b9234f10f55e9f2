/** An event on its way to a handler. */
export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  /** Milliseconds since the epoch at which the handler's time is over. */
  readonly deadline: number;
  readonly functionArn: string;
  /** `X-Amzn-Trace-Id`; undefined for none. */
  readonly traceId?: string | undefined;
  /** Base64 of the caller's client context. */
  readonly clientContext?: string | undefined;
}

/** How an invocation ended. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | {
      readonly ok: false;
      /** JSON with `errorType` and `errorMessage`. */
      readonly payload: string;
      /** Whether the environment can take another invocation. */
      readonly alive: boolean;
    };

/** How an invocation ended that failed. */
export type Failure = Extract<InvocationResult, { readonly ok: false }>;

/** What a failed invocation answers. */
export function failure(errorType: string, errorMessage: string, alive: boolean): Failure {
  return { ok: false, payload: JSON.stringify({ errorType, errorMessage }), alive };
}
