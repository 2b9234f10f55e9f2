import type { OrderOutboxStatus } from '../../lib/orders/order-outbox.ts';
import type { RetriedEvent } from '../../lib/outbox/outbox-counts.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';
import type { Outbox } from './opened.ts';

/** Milliseconds that the server may take. */
const TIMEOUT = 15_000;

/**
 * The outbox of a database that a running `pubsub serve` has to itself, through that server.
 * @param place of the database. @param url where the server answers. @param token that it may demand.
 */
export function servedOutbox(place: string, url: string, token: string | undefined): Outbox {
  const ask = (path: string, body?: object) => request(new URL(path, url), token, body);
  return {
    place,
    served: true,
    status: async (shown) =>
      (await ask(`/outbox?max=${Math.min(shown, 1000)}`)) as OrderOutboxStatus,
    retry: async (ids) => {
      const answer = await ask('/outbox/retry', ids === undefined ? {} : { ids });
      return (answer as { events: readonly RetriedEvent[] }).events;
    },
    close: async () => {},
  };
}

async function request(url: URL, token: string | undefined, body?: object): Promise<unknown> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    text = await answer.text();
  } catch (cause) {
    throw new AppError({
      code: 'ServerSilent',
      message: `The order server at ${url.origin} has the database, and does not answer.`,
      hint: 'Look at what it prints; it may be stopping just now.',
      cause,
    });
  }
  if (answer.status === 401) {
    throw new AppError({
      code: 'TokenNeeded',
      message: `The order server at ${url.origin} demands its token.`,
      hint: 'Set PUBSUB_API_TOKEN to what the server was started with.',
      exitCode: EXIT.denied,
    });
  }
  if (!answer.ok) {
    throw new AppError({
      code: 'ServerFailed',
      message: `The order server at ${url.origin} answered with ${answer.status}: ${text.slice(0, 200)}`,
    });
  }
  return JSON.parse(text);
}
