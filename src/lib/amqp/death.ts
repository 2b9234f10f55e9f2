import type { GetMessage } from 'amqplib';
import { ROUTED_BY } from './routing.ts';

/** What lies in a queue of a message. */
export type Stored = Pick<GetMessage, 'content' | 'properties'>;

/** Why and where a message became a dead letter, as the broker wrote it into its headers. */
export interface Death {
  /** The queue that it was in. */
  readonly queue: string | undefined;
  /** In words. */
  readonly because: string | undefined;
  /** When, in seconds since the epoch. */
  readonly seconds: number | undefined;
  /** The key that it was published with; undefined where it was sent to a queue. */
  readonly routingKey: string | undefined;
}

/** Reasons of a death ("Dead Letter Exchanges", effects on messages). */
const REASONS: Readonly<Record<string, string>> = {
  delivery_limit: 'it was delivered as often as it may be, and never acknowledged',
  rejected: 'a consumer rejected it',
  expired: 'its time in the queue was over',
  maxlen: 'the queue was full',
};

/** Headers that only say something of the way until here: deaths, counts, and further queues. */
const OF_EARLIER = /^(x-(death|first-death-|last-death-|delivery-count$|acquired-count$)|B?CC$)/;

/** What the broker wrote; undefined of a message that somebody sent here. */
export function deathOf({ properties: { headers = {} } }: Stored): Death | undefined {
  const deaths: unknown = headers['x-death'];
  // The latest is the first.
  const latest: unknown = Array.isArray(deaths) ? deaths[0] : undefined;
  if (typeof latest !== 'object' || latest === null) return undefined;
  const death = latest as Readonly<Record<string, unknown>>;
  const { queue, reason, exchange, time } = death;
  const keys = death['routing-keys'];
  const key: unknown = Array.isArray(keys) ? keys[0] : undefined;
  return {
    queue: typeof queue === 'string' ? queue : undefined,
    because: typeof reason === 'string' ? `${REASONS[reason] ?? reason} (${reason})` : undefined,
    seconds: secondsOf(time),
    routingKey: exchange !== '' && typeof key === 'string' && key !== '' ? key : undefined,
  };
}

/**
 * A dead letter as it is sent back: it begins anew, and keeps the event type that it was published with. The broker would
 * see a circle in the marks of an earlier death, and drop it.
 */
export function withoutDeath(message: Stored): Stored {
  const { content, properties } = message;
  const headers = Object.entries(properties.headers ?? {}).filter(
    ([name]) => !OF_EARLIER.test(name),
  );
  const { routingKey } = deathOf(message) ?? {};
  const eventType = routingKey === undefined ? {} : { [ROUTED_BY]: routingKey };
  return {
    content,
    // The broker takes a user's name from that user alone.
    properties: {
      ...properties,
      userId: undefined,
      headers: { ...eventType, ...Object.fromEntries(headers) },
    },
  };
}

/** amqplib gives a time as `{ '!': 'timestamp', value }`. */
function secondsOf(time: unknown): number | undefined {
  if (typeof time === 'number') return time;
  if (typeof time !== 'object' || time === null || !('value' in time)) return undefined;
  return typeof time.value === 'number' ? time.value : undefined;
}
