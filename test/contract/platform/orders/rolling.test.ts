import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Database } from '../../../../src/lib/database/database.ts';
import { migrate } from '../../../../src/lib/database/migrate.ts';
import { MIGRATIONS } from '../../../../src/lib/orders/migrations.ts';
import { claimSagas } from '../../../../src/lib/platform/orders/saga/saga-store.ts';
import { onBothDatabases } from '../../../fixtures/database-kinds.ts';
import { useDatabase } from '../service-database.ts';

/** What a process says that knows the steps up to 3 only: its statements as they were, each with what it was given. */
const COLUMNS = `id::text, number, user_id as "userId", items, payment_method as "paymentMethod",
  request_hash as "requestHash", traceparent, state, step, attempts, lease, reason, detail, last_error as "lastError",
  total::text, reserved_until as "reservedUntil", payment_id as "paymentId", order_id as "orderId",
  is_committed as "isCommitted", answer, log, created_at as "createdAt", updated_at as "updatedAt"`;
const BEGIN = `insert into sagas (id, user_id, items, payment_method, idempotency_key, request_hash, traceparent, lease_until)
  values ($1::uuid, $2::bigint, $3::text::json, $4, $5, $6, $7, now() + make_interval(secs => $8))
  on conflict (user_id, idempotency_key) where idempotency_key is not null do nothing
  returning ${COLUMNS}`;
const CLAIM = `with due as (
    select id as due_id from sagas
      where state in ('running', 'compensating') and next_attempt_at <= now()
        and (lease_until is null or lease_until < now())
      order by next_attempt_at limit $1 for update skip locked
  )
  update sagas s set lease = s.lease + 1, lease_until = now() + make_interval(secs => $2)
    from due where s.id = due.due_id
    returning ${COLUMNS}`;
const WRITE = `update sagas set state = $4, step = $5, attempts = $6,
    reason = coalesce($7, reason), detail = coalesce($8, detail), last_error = $9,
    next_attempt_at = now() + $10::float8 * interval '1 millisecond',
    lease_until = case when $11::boolean then now() + make_interval(secs => $12) end,
    items = coalesce($13::text::json, items), total = coalesce($14::text::numeric, total),
    reserved_until = coalesce($15::timestamptz, reserved_until),
    payment_id = coalesce($16, payment_id), is_committed = is_committed or $17::boolean,
    log = case when $18::text is null then log
      else (log::jsonb || $18::text::jsonb)::json end,
    updated_at = greatest(now(), updated_at)
  where id = $1::uuid and lease = $2 and step = $3 and state = $19
  returning ${COLUMNS}`;
const FIND = `select ${COLUMNS} from sagas
  where ($1::bigint is null or user_id = $1::bigint) and ($2::text is null or state = $2)
    and ($3::bigint is null or number < $3::bigint)
  order by sagas.number desc limit $4`;

const begun = (key: string | null) => [randomUUID(), 7, '[]', 'card', key, 'hash', null, 0];

/** Where all steps were taken, also the fourth as it was at first. */
const HISTORIES: readonly [string, (database: Database) => Promise<void>][] = [
  ['that was made anew', async () => {}],
  [
    'from which the column was dropped',
    async (database) => {
      await database.query(
        'alter table sagas drop column is_committed, drop column planned_order_id',
      );
      await database.query('delete from pubsub_migrations where version > 4');
      await migrate(database, MIGRATIONS);
    },
  ],
];

onBothDatabases((kind) => {
  const database = useDatabase(MIGRATIONS, kind);
  for (const [what, prepare] of HISTORIES) {
    it(`lets a process of the version before go on, in a database ${what}`, async () => {
      await prepare(database());
      const old = async (statement: string, values: unknown[]) =>
        (await database().query<Record<string, unknown>>(statement, values)).rows;
      const [saga] = await old(BEGIN, begun(randomUUID()));
      expect(saga).toMatchObject({ state: 'running', step: 'reserve', isCommitted: false });
      const claimed = (await old(CLAIM, [10, 15])).find(({ id }) => id === saga?.id);
      expect(claimed).toMatchObject({ lease: 2 });
      const written = await old(WRITE, [
        ...[saga?.id, 2, 'reserve', 'running', 'pay', 0, null, null, null, 0, false, 15],
        ...[null, '5.00', null, null, true, '[{"step":"reserve"}]', 'running'],
      ]);
      expect(written).toMatchObject([{ step: 'pay', isCommitted: true, lease: 2 }]);
      expect((await old(FIND, [7, null, null, 1]))[0]?.id).toBe(saga?.id);
      // And one of now goes on where it left.
      const taken = await claimSagas(database(), 10, 15);
      expect(taken.find(({ id }) => id === saga?.id)).toMatchObject({ step: 'pay', lease: 3 });
    });
  }
});
