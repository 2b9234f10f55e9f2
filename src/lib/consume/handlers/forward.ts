import { createHmac } from 'node:crypto';
import type { EventMessage } from '../../events/message.ts';
import type { HandlerContext } from '../consumed.ts';

/** Where events are forwarded to. */
export interface ForwardOptions {
  /** `http:` or `https:`. */
  readonly url: URL;
  /** Signs each request; undefined for no signature. */
  readonly secret: string | undefined;
  /** Seconds in which an answer has to come, above 0. */
  readonly timeout: number;
}

/** Seconds in which a service has to answer unless said otherwise. */
export const FORWARD_TIMEOUT = 30;
/** What of an answer makes up a failure's reason. */
const REASON = { lines: 3, characters: 500 } as const;
/** Bytes of an answer that are read. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * A handler that posts each event to a service: the body is what the publisher sent, to the letter. An answer of 2xx
 * means handled. Redirects are not followed: an event goes where it was told to, and nowhere else.
 *
 * The signature is `t=<seconds>,v1=<hex>` in `Pubsub-Signature`: HMAC-SHA256 with the secret of the seconds, a dot, and
 * the body.
 * @returns a handler that throws an Error with the status and the answer's first lines.
 */
export function forwardHandler({ url, secret, timeout }: ForwardOptions) {
  return async (event: EventMessage, context: HandlerContext): Promise<void> => {
    const limit = AbortSignal.timeout(timeout * 1000);
    let answer: Response;
    try {
      answer = await fetch(url, {
        method: 'POST',
        body: event.text,
        headers: headersOf(event, context, secret),
        redirect: 'manual',
        signal: AbortSignal.any([limit, context.signal]),
      });
    } catch (error) {
      if (limit.aborted) throw new Error(`${url.host} did not answer within ${timeout} s`);
      throw new Error(`could not reach ${url.host}: ${causeOf(error)}`);
    }
    const text = await beginning(answer).catch(() => '');
    if (answer.ok) return;
    const redirected = answer.status >= 300 && answer.status < 400;
    const where = redirected
      ? ` to ${answer.headers.get('location') ?? 'nowhere'}, not followed`
      : '';
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    const shown = lines.slice(0, REASON.lines).join('\n').slice(0, REASON.characters);
    throw new Error(`${url.host} answered ${answer.status}${where}${shown ? `\n${shown}` : ''}`);
  };
}

/** The signature of a body. @param time in seconds since the epoch. */
export function signatureOf(secret: string, body: string, time: number): string {
  const hash = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${hash}`;
}

function headersOf(
  event: EventMessage,
  { subscriber, messageId, receiveCount, traceparent }: HandlerContext,
  secret: string | undefined,
): Headers {
  const headers = new Headers({ 'content-type': contentType(event), 'user-agent': 'pubsub-cli' });
  const facts: Readonly<Record<string, string | undefined>> = {
    'pubsub-subscriber': subscriber,
    'pubsub-event-id': event.id,
    'pubsub-event-type': event.type,
    'pubsub-message-id': messageId,
    'pubsub-receive-count': String(receiveCount),
    traceparent,
  };
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined) headers.set(name, headerText(value));
  }
  if (secret !== undefined) {
    const now = Math.floor(Date.now() / 1000);
    headers.set('pubsub-signature', signatureOf(secret, event.text, now));
  }
  return headers;
}

/** What a header can hold; other characters as in a URL. */
function headerText(value: string): string {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)
    ? value
    : encodeURIComponent(wellFormed(value));
}

/** `encodeURIComponent` refuses halves of surrogate pairs. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function contentType({ kind, text, value }: EventMessage): string {
  if (value === text) return 'text/plain; charset=utf-8';
  const isCloudEvent =
    kind === 'cloudevents' && typeof value === 'object' && value !== null && 'specversion' in value;
  return isCloudEvent ? 'application/cloudevents+json; charset=utf-8' : 'application/json';
}

/** The beginning of an answer; the rest is thrown away, so that the connection is free again. */
async function beginning(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    if (bytes < MAX_ANSWER_BYTES) parts.push(part);
    bytes += part.length;
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Why `fetch` failed: it hides the reason in the error's cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof AggregateError) return causeOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}
