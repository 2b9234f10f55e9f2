import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '../aws/backoff.ts';
import type { Database } from '../database/database.ts';
import type { Publisher } from '../publish/publisher.ts';
import {
  type Claim,
  type ClaimedEvent,
  giveBack,
  markDelivered,
  type Postponed,
  postpone,
  renewLease,
} from './outbox.ts';

/** Seconds for which a claim is kept from other relays; renewed while its events are being published. */
export const LEASE_SECONDS = 15;
/** Renewals within the time of one lease. */
const RENEWALS = 3;
/** Seconds for which the publisher tries a request again before the round ends. */
const RETRY_FOR = 5;
/** Between attempts at an event that the topic refuses; milliseconds. */
export const EVENT_BACKOFF = { first: 1_000, most: 300_000 };

/** What became of a claim when it was published. */
export interface Published {
  readonly claim: Claim;
  readonly delivered: readonly string[];
  /** Refused each for a reason of its own. */
  readonly refused: readonly Postponed[];
  /** Not published because nothing can be now: they are due again at once. */
  readonly stranded: readonly ClaimedEvent[];
  /** Why nothing can be published now. */
  readonly fatal: Error | undefined;
}

/**
 * Publishes what was claimed, and renews the lease for as long as that takes. Never throws: what failed is in the result.
 * @param options.leaseSeconds for how long a renewal holds. @param options.signal aborted to begin no further request.
 * @param options.retryForSeconds for which a request to the topic is made again; 5 unless given.
 */
export async function publishClaim(
  database: Database,
  publisher: Publisher<ClaimedEvent>,
  claim: Claim,
  options: {
    readonly leaseSeconds: number;
    readonly signal: AbortSignal;
    readonly retryForSeconds?: number;
  },
): Promise<Published> {
  const { leaseSeconds, signal, retryForSeconds = RETRY_FOR } = options;
  const delivered = new Set<string>();
  const refused: Postponed[] = [];
  const over = new AbortController();
  const renewal = keepLease(database, claim, leaseSeconds, over.signal);
  let fatal: Error | undefined;
  try {
    const report = await publisher.publish(
      claim.events.map((event) => ({
        event,
        ...(event.traceparent ? { parent: event.traceparent } : {}),
      })),
      {
        signal,
        retryFor: retryForSeconds,
        onPublished: ({ event }) => delivered.add(event.id),
        onFailed: ({ item: { event }, message, fatal: ended }) => {
          if (ended) return;
          const delay = backoffDelay(EVENT_BACKOFF, event.attempts + 1) / 1000;
          refused.push({ id: event.id, delay, reason: message });
        },
      },
    );
    fatal = report.fatal;
  } catch (error) {
    fatal = error instanceof Error ? error : new Error(String(error));
  }
  over.abort();
  const lease = await renewal;
  const settled = new Set([...delivered, ...refused.map(({ id }) => id)]);
  const stranded = claim.events.filter(({ id }) => !settled.has(id));
  return {
    claim: { events: claim.events, lease },
    delivered: [...delivered],
    refused,
    stranded,
    fatal,
  };
}

/** Writes down what became of a claim. May be called again where it failed. */
export async function settle(database: Database, published: Published): Promise<void> {
  const { claim, delivered, refused, stranded, fatal } = published;
  if (delivered.length > 0) await markDelivered(database, delivered);
  if (refused.length > 0) await postpone(database, claim.lease, refused);
  if (stranded.length > 0) {
    const reason = fatal?.message ?? 'The relay was stopped.';
    await giveBack(database, { events: stranded, lease: claim.lease }, reason);
  }
}

/** Renews a lease until it is over. @returns the lease that held last. */
async function keepLease(
  database: Database,
  claim: Claim,
  seconds: number,
  over: AbortSignal,
): Promise<string> {
  let { lease } = claim;
  for (;;) {
    await sleep((seconds * 1000) / RENEWALS, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return lease;
    try {
      lease = await renewLease(database, { events: claim.events, lease }, seconds);
    } catch {
      // The database is away: the settling that follows meets the same, and says so.
    }
  }
}
