import { rmSync } from 'node:fs';
import { makePostgresData, postgresMissing, startPostgres } from './fixtures/postgres.ts';

/**
 * Starts one Postgres server for all tests that have no wishes of their own: each gets a database in it. The servers of
 * the others begin as copies of one that was made once.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (postgresMissing || process.env.PUBSUB_TEST_DATABASE_URL) return undefined;
  const { folder, data } = makePostgresData();
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  process.env.PUBSUB_TEST_POSTGRES_DATA = data;
  const { url, stop } = await startPostgres();
  process.env.PUBSUB_TEST_DATABASE_URL = url;
  return stop;
}
