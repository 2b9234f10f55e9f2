import pg from 'pg';
import type { Database, Queryable, QueryResult } from '../database.ts';
import { LOCK_TIMEOUT_MS } from '../limits.ts';
import { postgresUnusable } from './problems.ts';
import { type PostgresAddress, readPostgresUrl } from './url.ts';

/** Connections at the most, unless said otherwise: several processes may share a server that allows a hundred. */
const CONNECTIONS = 10;
/** Milliseconds that a connection may take, waiting for a free one included. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Milliseconds that one statement may take on the server. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Milliseconds that one statement of a slow transaction may take. */
const SLOW_STATEMENT_TIMEOUT_MS = 3_600_000;
/**
 * Milliseconds beyond the time of a statement after which a server counts as gone that went away without a word; its
 * connection is dropped.
 */
const SILENCE_AFTER_MS = 2_000;
/** Milliseconds after which a connection that nobody uses is closed. */
const IDLE_TIMEOUT_MS = 30_000;

/** Oids of array types, from the server's `pg_type`. */
const [NUMERIC_ARRAY, TEXT_ARRAY] = [1231, 1009];

/** The driver's own, but for arrays of `numeric`, which it reads as binary numbers. */
const values: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    pg.types.getTypeParser(oid === NUMERIC_ARRAY ? TEXT_ARRAY : oid, format),
};

/**
 * Begins a transaction whose statements take so many milliseconds at the most, and wait for nobody for long. A session's
 * own settings, and statements that are prepared under a name, would go astray behind a pooler that gives each
 * transaction another session (PgBouncer's `pool_mode = transaction`).
 */
const beginWithin = (milliseconds: number): string =>
  `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}; set local statement_timeout = ${milliseconds}`;
const BEGIN = beginWithin(STATEMENT_TIMEOUT_MS);
const BEGIN_SLOW = beginWithin(SLOW_STATEMENT_TIMEOUT_MS);

/** Sends what it is given without waiting for what was sent before. */
type PipelinedConfig = pg.PoolConfig & { readonly pipeline: true };

/**
 * A real Postgres server, through a pool. Connections are made when they are needed: one that breaks costs the
 * statements on it, and the next statement gets a new one.
 * @throws AppError `InvalidDatabaseUrl` (exit 2); whether the server is there shows with the first statement
 */
export function openPostgres(url: string, connections = CONNECTIONS): Database {
  const address = readPostgresUrl(url);
  const pool = createPool(address, connections);
  const connect = () => connectTo(pool, address);
  let closing: Promise<void> | undefined;
  return {
    kind: 'postgres',
    place: address.place,
    query: (text, params) => withClient(connect, (leased) => alone(leased, text, params)),
    transaction: (body, { isSlow = false } = {}) =>
      withClient(connect, (leased) => inTransaction(leased, body, isSlow)),
    unusable: (cause) => postgresUnusable(cause, address),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

/** Connections to a server, made when they are needed. @param connections at the most */
export function createPool({ config }: PostgresAddress, connections: number): pg.Pool {
  const options: PipelinedConfig = {
    application_name: 'pubsub',
    ...config,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + SILENCE_AFTER_MS,
    keepAlive: true,
    types: values,
    pipeline: true,
  };
  const pool = new pg.Pool(options);
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}

/** A connection of a pool, in clear where the server can't encrypt and that is allowed. */
export async function connectTo(pool: pg.Pool, address: PostgresAddress): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    const isRefused = /does not support SSL/.test((error as Error).message);
    if (!address.isEncryptionOptional || !isRefused) throw error;
    pool.options.ssl = false;
    return pool.connect();
  }
}

/** A connection that is out of the pool. */
interface Leased {
  readonly client: pg.PoolClient;
  /** Says that it MUST NOT be used again. */
  readonly breakWith: (error: Error) => void;
}

async function withClient<T>(
  connect: () => Promise<pg.PoolClient>,
  work: (leased: Leased) => Promise<T>,
): Promise<T> {
  const client = await connect();
  let broken: Error | undefined;
  const breakWith = (error: Error): void => {
    broken ??= error;
  };
  // While it is out of the pool, a connection that breaks tells its client only.
  client.on('error', breakWith);
  try {
    return await work({ client, breakWith });
  } finally {
    client.off('error', breakWith);
    client.release(broken);
  }
}

/** One statement in a transaction of its own, in one round trip. */
async function alone<Row>(
  { client, breakWith }: Leased,
  text: string,
  params: readonly unknown[] | undefined,
): Promise<QueryResult<Row>> {
  const began = client.query(BEGIN);
  const running = run<Row>(client, text, params);
  // After a statement that was refused it rolls back.
  const committing = client.query('commit');
  const outcomes = await Promise.allSettled([running, began, committing]);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    const error = outcome.reason as Error;
    // What the server itself refused leaves a connection that can be used again.
    if (!(error instanceof pg.DatabaseError)) breakWith(error);
    throw error;
  }
  return running;
}

async function inTransaction<T>(
  { client, breakWith }: Leased,
  body: (tx: Queryable) => Promise<T>,
  isSlow: boolean,
): Promise<T> {
  const silenceMs = isSlow ? SLOW_STATEMENT_TIMEOUT_MS + SILENCE_AFTER_MS : undefined;
  try {
    await client.query(isSlow ? BEGIN_SLOW : BEGIN);
    const result = await body({ query: (text, params) => run(client, text, params, silenceMs) });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(breakWith);
    throw error;
  }
}

/** The driver takes it with a query as well as with a connection. */
type TimedQuery = pg.QueryConfig & { readonly query_timeout: number | undefined };

async function run<Row>(
  client: pg.PoolClient,
  text: string,
  params?: readonly unknown[],
  silenceMs?: number,
): Promise<QueryResult<Row>> {
  const query: TimedQuery = { text, values: params && [...params], query_timeout: silenceMs };
  const result = await client.query(query);
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
}
