import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffDelay } from '../aws/backoff.ts';
import type { Database } from '../database/database.ts';
import { claimEvents } from './outbox.ts';
import type { Outage, RelayOptions } from './relay-options.ts';
import { createAlarm, createPace, type Pace } from './relay-pace.ts';
import { createRemoval, type Removal } from './relay-removal.ts';
import { LEASE_SECONDS, type Published, publishClaim, settle } from './relay-round.ts';

export type { Outage, RelayOptions, RelayRound } from './relay-options.ts';

/** Brings events from the outbox to the topic until it is stopped. */
export interface Relay {
  /** Says that an event was committed. MUST be called after the commit. Costs nothing. */
  wake(): void;
  /** What it suffers from now. */
  readonly trouble: ReadonlyMap<Outage, Error>;
  /**
   * Publishes what is due once more, and ends.
   * @param seconds for that at the most; 0 ends without it.
   */
  stop(seconds?: number): Promise<void>;
}

/** How long delivered events are kept unless said otherwise: 7 days. */
export const KEEP_SECONDS = 7 * 86_400;
/** Events of one round at the most. */
const ROUND = 500;
/** Events of a round that finds out whether the topic can be reached again. */
const PROBE = 10;
const REST = 200;
/** Events a second while requests take most of the process's time; the others wait until they leave some, or get late. */
const CROWDED_RATE = 300;
/** Milliseconds between looks for what others wrote, left behind, or what is due again. */
const POLL = 1_000;
const TROUBLE_BACKOFF: Backoff = { first: 250, most: 5_000 };
/** Seconds for the last rounds. */
const FLUSH = 10;

/**
 * Starts a relay. It claims events under a lease, publishes them with no transaction open, and marks them: killed at any
 * moment, it leaves behind nothing that another relay doesn't take up once the lease is over. An event can arrive twice
 * then, and its event id tells. Several relays may work on one database.
 */
export function startRelay(options: RelayOptions): Relay {
  return new RunningRelay(options);
}

class RunningRelay implements Relay {
  readonly trouble = new Map<Outage, Error>();
  private readonly options: RelayOptions;
  private readonly removal: Removal;
  private readonly pace: Pace;
  private readonly alarm = createAlarm();
  private readonly stopping = new AbortController();
  /** Aborted where the last rounds take too long. */
  private readonly ended = new AbortController();
  private readonly running: Promise<void>;
  private failures = 0;
  /** Published, and not written down yet. */
  private unsettled: Published | undefined;

  constructor(options: RelayOptions) {
    this.options = options;
    this.pace = createPace(options.rest ?? REST, CROWDED_RATE);
    this.removal = createRemoval(options.keepSeconds ?? KEEP_SECONDS);
    this.running = this.run();
  }

  wake(): void {
    this.pace.committed();
    this.alarm.ring();
  }

  async stop(seconds = FLUSH): Promise<void> {
    this.stopping.abort();
    this.pace.calm();
    const timer = setTimeout(() => this.ended.abort(), seconds * 1000);
    if (seconds === 0) this.ended.abort();
    await this.running;
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    const stop = this.stopping.signal;
    while (!stop.aborted) {
      this.alarm.reset();
      const round = await this.attempt(() => this.round());
      if (round === undefined) continue;
      if (this.alarm.rang) await this.pace.rest(round.lagSeconds, stop);
      else this.pace.calm();
      await this.attempt(() => this.reach((database) => this.removal.step(database)));
      if (round.events > 0) continue;
      await this.alarm.wait(POLL, stop);
    }
    await this.flush();
  }

  /** The last rounds: until nothing is due, something is in the way, or the time is over. */
  private async flush(): Promise<void> {
    while (!this.ended.signal.aborted) {
      try {
        const { events } = await this.round();
        if (events === 0) return;
      } catch {
        if (this.unsettled === undefined) return;
        // What was published should not be published again by the next relay.
        await sleep(TROUBLE_BACKOFF.first, undefined, { signal: this.ended.signal }).catch(
          () => {},
        );
      }
    }
  }

  /** @throws OutageError. */
  private async round(): Promise<{ events: number; lagSeconds: number }> {
    const { publisher, onRound, leaseSeconds = LEASE_SECONDS } = this.options;
    await this.settle();
    const limit = this.trouble.has('topic') ? PROBE : this.pace.limit(ROUND);
    const claim = await this.reach((database) => claimEvents(database, limit, leaseSeconds));
    const events = claim.events.length;
    if (events === 0) return { events, lagSeconds: 0 };
    const first = claim.events.filter(({ attempts }) => attempts === 0);
    const lagSeconds = Math.max(0, ...first.map(({ ageSeconds }) => ageSeconds));
    const { database } = this.options;
    this.unsettled = await publishClaim(database, publisher, claim, {
      leaseSeconds,
      signal: this.ended.signal,
    });
    const { delivered, refused, fatal } = this.unsettled;
    await this.settle();
    if (fatal) throw new OutageError('topic', fatal);
    this.recovered('topic');
    onRound?.({ delivered: delivered.length, refused: refused.length, lagSeconds });
    return { events, lagSeconds };
  }

  private async settle(): Promise<void> {
    const { unsettled } = this;
    if (unsettled === undefined) return;
    await this.reach((database) => settle(database, unsettled));
    this.unsettled = undefined;
  }

  /** Calls the database. @throws OutageError. */
  private async reach<T>(call: (database: Database) => Promise<T>): Promise<T> {
    try {
      const result = await call(this.options.database);
      this.recovered('database');
      return result;
    } catch (error) {
      throw new OutageError('database', error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Does a thing; where something is in the way, says so once and waits. @returns undefined then. */
  private async attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await act();
      this.failures = 0;
      return result;
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      const isNews = !this.trouble.has(error.what);
      this.trouble.set(error.what, error.cause);
      if (isNews) this.options.onTrouble?.(error.what, error.cause);
      this.failures++;
      await this.pause(backoffDelay(TROUBLE_BACKOFF, this.failures));
      return undefined;
    }
  }

  private recovered(what: Outage): void {
    if (this.trouble.delete(what)) this.options.onRecovered?.(what);
  }

  /** Waits whoever calls; only the end cuts it short. */
  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

/** Something is in the way of a round. */
class OutageError extends Error {
  readonly what: Outage;
  override readonly cause: Error;

  constructor(what: Outage, cause: Error) {
    super(cause.message);
    this.what = what;
    this.cause = cause;
  }
}
