import type { IncomingHttpHeaders } from 'node:http';
import { API_PREFIX } from './route-table.ts';

/**
 * Headers of a caller that services get to see. A list of those that are let through rather than of those that aren't:
 * nothing that services believe of the gateway (`x-forwarded-for`, `x-request-deadline`, …) can come from outside, and
 * nothing that is for one connection only goes on to the next.
 */
const PASSED_ON = [
  'accept',
  'accept-language',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'user-agent',
] as const;

/** Headers of an answer that are for one connection only (RFC 9110, 7.6.1), or that the gateway writes itself. */
const KEPT_BACK: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/** The headers that a service gets of its caller's. @param more names besides those that all routes pass on */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  more: readonly string[] = [],
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of [...PASSED_ON, ...more]) {
    const value = headers[name];
    if (typeof value === 'string') passed[name] = value;
  }
  return passed;
}

/** The headers that a caller gets of a service's answer; its addresses are those of the gateway. */
export function answerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const own = connectionHeaders(headers.connection);
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    const isKept = KEPT_BACK.has(name) || own.has(name) || name.startsWith('access-control-');
    if (value !== undefined && !isKept) passed[name] = value;
  }
  const { location, link } = passed;
  if (typeof location === 'string' && /^\/(?!\/)/.test(location)) {
    passed.location = API_PREFIX + location;
  }
  if (typeof link === 'string') passed.link = link.replace(/<\/(?!\/)/g, `<${API_PREFIX}/`);
  return passed;
}

/** Further headers that `Connection` names. */
function connectionHeaders(connection: string | string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return new Set();
  return new Set(
    String(connection)
      .toLowerCase()
      .split(/[\s,]+/),
  );
}
