/** One answered request. */
export interface RequestRecord {
  /** Counts from 1 at each start of the engine. */
  readonly number: number;
  /** When it arrived, in milliseconds since the epoch. */
  readonly time: number;
  readonly requestId: string;
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
  /** Empty for an unsigned request. */
  readonly accessKeyId: string;
  readonly userAgent: string;
  readonly status: number;
  /** AWS's error code; undefined on success. */
  readonly error: string | undefined;
  /** Milliseconds from the request's last byte to the answer's first. */
  readonly duration: number;
}

/** How many requests are kept. */
export const REQUEST_LOG_SIZE = 1000;

/** Actions that change nothing. A receive hides messages and counts them, so it isn't one. */
const READ_ONLY = /^(?:Get|List|Describe)/;

/** Whether an action only looks. */
export function isReadOnly(action: string): boolean {
  return READ_ONLY.test(action);
}

/** The latest requests, oldest first; older ones are overwritten. */
export class RequestLog {
  readonly #requests: Omit<RequestRecord, 'number'>[] = [];
  #last = 0;

  /** The number of the latest request; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  add(request: Omit<RequestRecord, 'number'>): void {
    this.#requests[this.#last % REQUEST_LOG_SIZE] = request;
    this.#last += 1;
  }

  /** The last `limit` requests, oldest first; with `after`, only those with a higher number. */
  latest(limit = REQUEST_LOG_SIZE, after = 0): RequestRecord[] {
    const next = this.#last % REQUEST_LOG_SIZE;
    const ordered = [...this.#requests.slice(next), ...this.#requests.slice(0, next)];
    const wanted = Math.min(limit, Math.max(0, this.#last - after), ordered.length);
    const first = this.#last - wanted + 1;
    return ordered
      .slice(ordered.length - wanted)
      .map((request, at) => ({ number: first + at, ...request }));
  }
}
