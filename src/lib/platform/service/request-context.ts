import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** The request that is being answered. */
export interface CurrentRequest {
  readonly requestId: string;
  /** W3C "Trace Context": of the span that records it, else as it came, else a new one. */
  readonly traceparent: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** When its answer is no longer waited for, in milliseconds since 1970; undefined where nobody said. */
  readonly deadline: number | undefined;
}

/** Header with the moment at which the caller gives up, as ISO 8601. */
export const DEADLINE_HEADER = 'x-request-deadline';

const requests = new AsyncLocalStorage<CurrentRequest>();

/** The request that is being answered where this is called; undefined in background work. */
export function currentRequest(): CurrentRequest | undefined {
  return requests.getStore();
}

/** Does work as a part of a request: what it logs and calls belongs to that. */
export function withRequest<T>(request: CurrentRequest, work: () => T): T {
  return requests.run(request, work);
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A request as its headers describe it. @param traceparent of the span that records it, if there is one */
export function describeRequest(
  requestId: string,
  headers: Readonly<Record<string, unknown>>,
  traceparent: string | undefined,
): CurrentRequest {
  const given = traceparent ?? headers.traceparent;
  const traceId = typeof given === 'string' ? TRACEPARENT.exec(given)?.[1] : undefined;
  const known = traceId !== undefined && !/^0+$/.test(traceId);
  const id = known ? traceId : randomHex();
  return {
    requestId,
    traceparent: known ? String(given) : `00-${id}-${randomHex().slice(16)}-01`,
    traceId: id,
    deadline: readDeadline(headers[DEADLINE_HEADER]),
  };
}

/** 32 hexadecimal digits. UUIDs are made many at a time: asking for random bytes each time costs more. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}

/** Milliseconds since 1970 that a deadline header names; undefined where it names none. */
export function readDeadline(header: unknown): number | undefined {
  const at = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Milliseconds that the caller of the current request still waits, at most `most`, at least 0. */
export function remainingMs(most: number): number {
  const deadline = currentRequest()?.deadline;
  if (deadline === undefined) return most;
  return Math.min(most, Math.max(0, deadline - Date.now()));
}

/** Headers that a request made on behalf of the current one carries. @param mostMs that it may take */
export function passedOnHeaders(mostMs: number): Record<string, string> {
  const request = currentRequest();
  const deadline = new Date(Date.now() + remainingMs(mostMs)).toISOString();
  return {
    [DEADLINE_HEADER]: deadline,
    ...(request && { traceparent: request.traceparent, 'x-request-id': request.requestId }),
  };
}
