import { postgresMissing, startPostgres } from './fixtures/postgres.ts';

/** Starts one Postgres server for all tests that have no wishes of their own: each gets a database in it. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (postgresMissing || process.env.PUBSUB_TEST_DATABASE_URL) return undefined;
  const { url, stop } = await startPostgres();
  process.env.PUBSUB_TEST_DATABASE_URL = url;
  return stop;
}
