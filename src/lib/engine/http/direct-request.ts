import type { Socket } from 'node:net';
import type { CallRequest } from './call.ts';

/** A request that came in one piece, with its body. */
export interface DirectRequest extends CallRequest {
  readonly body: string;
  /** Where the next one begins in what was received. */
  readonly end: number;
}

/** Heads that are longer, in bytes, are left to Node. */
const MAX_HEAD = 8_192;
const HEAD_END = '\r\n\r\n';

/** The service's path, or a queue's. */
const HEAD =
  /^POST (\/(?:(?:queue\/[a-z0-9-]+\/)?\d{12}\/[\w-]+(?:\.fifo)?\/?)?) HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e]*\r\n)+$/;
const LENGTH = /^\d{1,8}$/;
const KEEP_ALIVE = /^keep-alive$/i;

/** Headers that make a request one for Node's own server. */
const UNUSUAL: ReadonlySet<string> = new Set([
  'content-encoding',
  'expect',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Those that anybody looks at, all of them at once: objects of one shape are quick. */
class Headers {
  [name: string]: string | undefined;
  accept: string | undefined = undefined;
  authorization: string | undefined = undefined;
  connection: string | undefined = undefined;
  'content-length': string | undefined = undefined;
  'content-type': string | undefined = undefined;
  date: string | undefined = undefined;
  host: string | undefined = undefined;
  origin: string | undefined = undefined;
  referer: string | undefined = undefined;
  'sec-fetch-site': string | undefined = undefined;
  'user-agent': string | undefined = undefined;
  'x-amz-date': string | undefined = undefined;
  'x-amz-security-token': string | undefined = undefined;
  'x-amz-target': string | undefined = undefined;
  'x-amzn-trace-id': string | undefined = undefined;
}

/** Header names as they were written, and what they mean; other names have no meaning here. */
const names = new Map<string, string | undefined>();
const REMEMBERED_NAMES = 1_000;
const KNOWN: ReadonlySet<string> = new Set(Object.keys(new Headers()));

/**
 * Reads the first request of what a connection received, when it is there as a whole and as AWS's clients write them: a
 * POST to a service or a queue with a length. Undefined for any other, which Node's server reads.
 */
export function readDirectRequest(received: Buffer, socket: Socket): DirectRequest | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0 || headEnd > MAX_HEAD) return undefined;
  const head = received.toString('latin1', 0, headEnd + 2);
  const url = HEAD.exec(head)?.[1];
  if (url === undefined) return undefined;
  const headers = readHeaders(head);
  if (headers?.host === undefined) return undefined;
  const { connection, 'content-length': length = '' } = headers;
  if (connection !== undefined && !KEEP_ALIVE.test(connection)) return undefined;
  if (!LENGTH.test(length)) return undefined;
  const start = headEnd + HEAD_END.length;
  const end = start + Number(length);
  if (end > received.length) return undefined;
  return { method: 'POST', url, headers, socket, body: received.toString('utf8', start, end), end };
}

/** Undefined where a header is there twice, or is one for Node's server. */
function readHeaders(head: string): Headers | undefined {
  const headers = new Headers();
  let at = head.indexOf('\n') + 1;
  while (at < head.length) {
    const colon = head.indexOf(':', at);
    const lineEnd = head.indexOf('\r', colon);
    const name = meaning(head.slice(at, colon));
    if (name === 'unusual') return undefined;
    if (name !== undefined) {
      if (headers[name] !== undefined) return undefined;
      headers[name] = head.slice(colon + 1, lineEnd).trim();
    }
    at = lineEnd + 2;
  }
  return headers;
}

function meaning(written: string): string | undefined {
  const known = names.get(written);
  if (known !== undefined || names.has(written)) return known;
  const name = written.toLowerCase();
  const found = UNUSUAL.has(name) ? 'unusual' : KNOWN.has(name) ? name : undefined;
  if (names.size >= REMEMBERED_NAMES) names.clear();
  names.set(written, found);
  return found;
}
