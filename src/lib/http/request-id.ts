import { randomUUID } from 'node:crypto';

/** Ids that are taken over: what UUIDs, ULIDs and trace ids are made of, and nothing that would harm a log. */
const SANE = /^[A-Za-z0-9._:-]{1,64}$/;

/** The id of a request: the client's `X-Request-Id` where it is sane, else a new one. */
export function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
