import pg from 'pg';
import { usageError } from '../rules/errors.ts';
import type { Database, Queryable, QueryResult } from './database.ts';

/** Connections at the most, unless said otherwise: several processes may share a server that allows a hundred. */
const CONNECTIONS = 10;
/** Milliseconds that a connection may take, waiting for a free one included. */
const CONNECT_TIMEOUT = 5000;
/** Milliseconds that one statement may take. */
const STATEMENT_TIMEOUT = 30_000;
/** Milliseconds after which a connection that nobody uses is closed. */
const IDLE_TIMEOUT = 30_000;

/** Oids of array types, from the server's `pg_type`. */
const [NUMERIC_ARRAY, TEXT_ARRAY] = [1231, 1009];

/** The driver's own, but for arrays of `numeric`, which it reads as binary numbers. */
const values: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    pg.types.getTypeParser(oid === NUMERIC_ARRAY ? TEXT_ARRAY : oid, format),
};

/**
 * A real Postgres server, through a pool. Connections are made when they are needed: one that breaks costs the
 * statements on it, and the next statement gets a new one.
 * @throws AppError `InvalidDatabaseUrl` (exit 2); whether the server is there shows with the first statement
 */
export function openPostgres(url: string, connections = CONNECTIONS): Database {
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT,
    statement_timeout: STATEMENT_TIMEOUT,
    // A server that went away without a word is noticed while a statement waits for it.
    query_timeout: STATEMENT_TIMEOUT + CONNECT_TIMEOUT,
    keepAlive: true,
    types: values,
    application_name: 'pubsub',
  });
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  let closing: Promise<void> | undefined;
  return {
    kind: 'postgres',
    place,
    query: (text, params) => run(pool, text, params),
    transaction: (body) => inTransaction(pool, body),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

async function inTransaction<T>(pool: pg.Pool, body: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // While it is out of the pool, a connection that breaks tells its client only.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await body({ query: (text, params) => run(client, text, params) });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Names of prepared statements by their text: the same on every connection. */
const names = new Map<string, string>();

async function run<Row>(
  client: pg.Pool | pg.PoolClient,
  text: string,
  params?: readonly unknown[],
): Promise<QueryResult<Row>> {
  const result =
    params === undefined
      ? await client.query(text)
      : await client.query({ name: nameOf(text), text, values: [...params] });
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
}

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `pubsub_${names.size + 1}`;
    names.set(text, name);
  }
  return name;
}

/** The address of a database for people: no password, no options. */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw usageError(
      'The database URL is not a Postgres URL.',
      'Use one such as DATABASE_URL=postgres://user:password@localhost:5432/orders',
      'InvalidDatabaseUrl',
    );
  }
  // A Unix socket's folder stands in the query: postgres:///orders?host=/run/postgresql
  const host = parsed.host || parsed.searchParams.get('host') || 'localhost';
  return `${host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}
