import type { Database } from '../database/database.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { ClaimedEvent } from './outbox.ts';

/** What keeps a relay from its work. */
export type Outage = 'topic' | 'database';

export interface RelayOptions {
  readonly database: Database;
  readonly publisher: Publisher<ClaimedEvent>;
  /** Seconds for which delivered events are kept, from 0; `KEEP_SECONDS` unless given. */
  readonly keepSeconds?: number;
  /** Seconds for which a claim is kept from other relays, renewed in time; `LEASE_SECONDS` unless given. */
  readonly leaseSeconds?: number;
  /** Milliseconds between rounds while requests come in, so that the relay leaves the machine to them; 200 unless given. */
  readonly rest?: number;
  /** Told once that nothing can be done, until it can again. */
  readonly onTrouble?: (what: Outage, error: Error) => void;
  readonly onRecovered?: (what: Outage) => void;
  /** Told of each round: events delivered, those refused, and the age of the oldest in seconds. */
  readonly onRound?: (round: RelayRound) => void;
}

/** What one round did. */
export interface RelayRound {
  readonly delivered: number;
  readonly refused: number;
  /** Seconds between the writing of the oldest event that was tried for the first time, and its round. */
  readonly lagSeconds: number;
}
