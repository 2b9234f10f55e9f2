import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { BundleAgent, caBundle } from '../../aws/ca-bundle.ts';
import { httpsProxy } from '../../aws/proxy.ts';
import type { Env } from '../../config/folders.ts';

/** What is sent with a request: bytes, or a file that is read each time. */
export type Payload = Uint8Array | { readonly file: string; readonly size: number };

/** A request to a registry, or to what gives tokens for it. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Payload | undefined;
}

/** What came back. The body MUST be read or `resume`d. */
export interface ExchangeAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** Milliseconds without a byte after which a request has failed. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;
const AWS_HOST = /\.amazonaws\.com(\.cn)?$/;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Sends one request, with its length said before: registries take what comes in chunks differently. A GET follows
 * redirects, without the authorization where they lead to another origin. Nothing is sent again.
 * @throws Error of Node where nobody answers.
 */
export async function exchange(
  request: ExchangeRequest,
  env: Env,
  signal: AbortSignal,
): Promise<ExchangeAnswer> {
  let current = request;
  for (let redirects = 0; ; redirects++) {
    const answer = await sendOnce(current, env, signal);
    const { location } = answer.headers;
    const isRedirect = REDIRECTS.includes(answer.status) && location !== undefined;
    if (!isRedirect || request.method === 'POST' || request.method === 'PUT') return answer;
    answer.body.resume();
    if (redirects === MAX_REDIRECTS) throw new Error(`${request.url} leads on and on`);
    const next = new URL(location, current.url);
    if (next.protocol === 'http:' && new URL(current.url).protocol === 'https:') {
      throw new Error(`${request.url} leads to ${next.origin}, which is not encrypted`);
    }
    const { authorization: _, ...open } = current.headers;
    const isSame = next.origin === new URL(current.url).origin;
    current = { ...current, url: next.href, headers: isSame ? current.headers : open };
  }
}

async function sendOnce(
  { method, url, headers, body }: ExchangeRequest,
  env: Env,
  signal: AbortSignal,
): Promise<ExchangeAnswer> {
  const isEncrypted = url.startsWith('https:');
  // ECR, and where its layers lie: what AWS is checked with says nothing of other registries.
  const isAws = AWS_HOST.test(new URL(url).hostname);
  const bundle = isEncrypted && isAws ? await caBundle(env, env.AWS_PROFILE) : undefined;
  const own = bundle === undefined ? undefined : new BundleAgent({}, bundle);
  const agent = isEncrypted ? (httpsProxy(env, {}, bundle)?.agent ?? own) : undefined;
  const size =
    body === undefined ? undefined : body instanceof Uint8Array ? body.length : body.size;
  const bodiless = method === 'POST' || method === 'PUT' ? 0 : undefined;
  const length = size ?? bodiless;
  const outgoing = (isEncrypted ? httpsRequest : httpRequest)(url, {
    method,
    signal,
    ...(agent && { agent }),
    headers: { ...headers, ...(length !== undefined && { 'content-length': length }) },
  });
  outgoing.setTimeout(IDLE_TIMEOUT_MS, () => {
    outgoing.destroy(new Error(`nothing came for ${IDLE_TIMEOUT_MS / 1000} s`));
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  if (body === undefined || body instanceof Uint8Array) outgoing.end(body);
  // Who refuses a body answers before it has all of it: the answer counts, not the broken pipe.
  else pipeline(createReadStream(body.file), outgoing).catch(() => undefined);
  const incoming = await answered;
  return { url, status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming };
}

/**
 * The whole body of an answer.
 * @param most bytes; Error beyond.
 */
export async function readBody({ body, url }: ExchangeAnswer, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Error(`${url} answers with more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
