
/** An event as handlers get it: what it carries is in `data`, or beside its type where other programs published it. */
export interface Received {
  readonly event_type?: string;
  readonly data?: unknown;
  readonly [field: string]: unknown;
}
