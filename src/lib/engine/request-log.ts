/** One answered request. */
export interface RequestRecord {
  /** When it arrived, in milliseconds since the epoch. */
  readonly time: number;
  readonly requestId: string;
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly status: number;
  /** AWS's error code; absent on success. */
  readonly error?: string;
  /** Milliseconds from the request's last byte to the answer's first. */
  readonly duration: number;
}

/** How many requests are kept. */
export const REQUEST_LOG_SIZE = 1000;

/** The latest requests, oldest first; older ones are overwritten. */
export class RequestLog {
  readonly #records: RequestRecord[] = [];
  #next = 0;

  add(record: RequestRecord): void {
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % REQUEST_LOG_SIZE;
  }

  /** The last `limit` requests, oldest first. */
  latest(limit = REQUEST_LOG_SIZE): RequestRecord[] {
    const ordered = [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)];
    return limit >= ordered.length ? ordered : ordered.slice(ordered.length - limit);
  }
}
