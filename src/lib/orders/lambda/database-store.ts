import type { Database } from '../../database/database.ts';
import { openPostgres } from '../../database/postgres/postgres.ts';
import { type ClaimedEvent, claimEvents } from '../../outbox/outbox.ts';
import { readOutboxLag } from '../../outbox/outbox-status.ts';
import { KEEP_SECONDS } from '../../outbox/relay.ts';
import { createRemoval } from '../../outbox/relay-removal.ts';
import { LEASE_SECONDS, publishClaim, settle } from '../../outbox/relay-round.ts';
import type { Publisher } from '../../publish/publisher.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { FunctionStore } from '../order-store.ts';
import { forgetKeys } from '../store/idempotency.ts';
import { createSqlOrderStore } from '../store/sql-order-store.ts';

/** Connections of one function, which has one request at a time, and looks for events beside it. */
const CONNECTIONS = 2;
/** Events of one round at the most. */
const ROUND = 50;
/** Seconds for which a request to the topic is made again: whoever asked for an order waits meanwhile. */
const RETRY_FOR_SECONDS = 1;
/** Milliseconds for which no request waits for a topic that could not be reached. */
const TOPIC_PAUSE_MS = 5_000;
/** Milliseconds between two looks for what others left behind. */
const SWEEP_INTERVAL_MS = 10_000;
/** Milliseconds after which keys are looked through again. */
const FORGET_INTERVAL_MS = 15 * 60_000;

export interface DatabaseStoreOptions {
  /** Of a Postgres server. */
  readonly url: string;
  readonly publisher: Publisher<ClaimedEvent>;
  /** Told that events could not be published: they stay in the outbox. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * Orders in Postgres, for a function: with the first request its tables are brought up to date. No relay runs beside a
 * function, so that a round of one follows each order, and a sweep is one too.
 * @throws AppError `InvalidDatabaseUrl`
 */
export function createDatabaseStore(options: DatabaseStoreOptions): FunctionStore {
  const { url, publisher, onTrouble } = options;
  const database = openPostgres(url, CONNECTIONS);
  const orders = createSqlOrderStore(database);
  const ready = onceDone(() => makeReady(database));
  const removal = createRemoval(KEEP_SECONDS);
  let topicAwayUntil = 0;
  let sweepAfter = 0;
  let forgetAfter = 0;

  const round = async (): Promise<number> => {
    const claim = await claimEvents(database, ROUND, LEASE_SECONDS);
    if (claim.events.length === 0) return 0;
    const how = { leaseSeconds: LEASE_SECONDS, retryForSeconds: RETRY_FOR_SECONDS };
    const { signal } = new AbortController();
    const published = await publishClaim(database, publisher, claim, { ...how, signal });
    await settle(database, published);
    if (published.fatal !== undefined) {
      onTrouble(published.fatal);
      topicAwayUntil = performance.now() + TOPIC_PAUSE_MS;
    }
    return published.delivered.length;
  };
  const tidy = async (): Promise<void> => {
    await removal.step(database);
    if (performance.now() < forgetAfter) return;
    forgetAfter = performance.now() + FORGET_INTERVAL_MS;
    await forgetKeys(database);
  };
  /** Whoever asked for an order has it, also where its event stays behind. */
  const withoutFailing = async (work: () => Promise<number>): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      onTrouble(error as Error);
      return 0;
    }
  };
  const publishOwn = async (): Promise<void> => {
    if (performance.now() >= topicAwayUntil) await withoutFailing(round);
  };

  return {
    async create(order, key) {
      await ready();
      const created = await orders.create(order, key);
      if (created !== undefined) await publishOwn();
      return created;
    },
    async findAnswer(key) {
      await ready();
      return orders.findAnswer(key);
    },
    async change(id, change) {
      await ready();
      const outcome = await orders.change(id, change);
      if (outcome.kind === 'changed' && outcome.announced) await publishOwn();
      return outcome;
    },
    async find(id) {
      await ready();
      return orders.find(id);
    },
    async list(query) {
      await ready();
      return orders.list(query);
    },
    async sweep(isForced = false) {
      const now = performance.now();
      if (!isForced && now < Math.max(sweepAfter, topicAwayUntil)) return 0;
      sweepAfter = now + SWEEP_INTERVAL_MS;
      return withoutFailing(async () => {
        await ready();
        const published = await round();
        if (isForced) await tidy();
        return published;
      });
    },
    async lag() {
      await ready();
      return readOutboxLag(database);
    },
  };
}

/** Milliseconds for which a request waits for tables that somebody else holds. */
const TABLES_WAIT_MS = 5_000;

/** @throws AppError as `openDatabase`. */
async function makeReady(database: Database): Promise<void> {
  const { migrate } = await import('../../database/migrate.ts');
  await migrate(database, MIGRATIONS, { waitMs: TABLES_WAIT_MS });
}

/** Does something once: what failed is done again by the next who asks. */
function onceDone(act: () => Promise<void>): () => Promise<void> {
  let doing: Promise<void> | undefined;
  return () => {
    doing ??= act().catch((error: unknown) => {
      doing = undefined;
      throw error;
    });
    return doing;
  };
}
