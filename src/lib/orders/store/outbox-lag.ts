import type { Queryable } from '../database.ts';

/** Events counted at the most: a look must stay cheap when the topic was away for long. */
const COUNTED = 100_000;

/** How far the topic is behind the orders. */
export interface OutboxLag {
  /** Events that are not published yet; no more than 100,000 are counted. */
  readonly waiting: number;
  /** Age of the oldest of them in seconds; 0 where there is none. */
  readonly oldestSeconds: number;
}

/** Looks at the outbox. */
export async function outboxLag(database: Queryable): Promise<OutboxLag> {
  const { rows } = await database.query<{ waiting: number; oldest: number }>(
    `select
      (select count(*) from (select from outbox where delivered_at is null limit ${COUNTED}) as w)::int as waiting,
      coalesce((select extract(epoch from now() - created_at) from outbox where delivered_at is null
        order by id limit 1), 0)::float8 as oldest`,
    [],
  );
  const [row] = rows;
  return { waiting: row?.waiting ?? 0, oldestSeconds: Math.max(0, row?.oldest ?? 0) };
}
