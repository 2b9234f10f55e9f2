import type { Database } from '../../database/database.ts';
import type { Channel } from '../service/channels.ts';
import type { NewNotice, NoticeState, Occasion } from './notice.ts';

/** Seconds for which notices belong to the process that sends them: longer than attempts at all of them at once take. */
const LEASE_SECONDS = 120;
/** Seconds before the first new attempt, and between two at the most. */
const RETRY_SECONDS = { first: 1, most: 300 };

/** Whether it was decided before whom an event tells, or it waits for that. */
export async function isKnown(database: Database, eventId: string): Promise<boolean> {
  const { rows } = await database.query(
    'select 1 from events where id = $1 union all select 1 from waiting where event_id = $1',
    [eventId],
  );
  return rows.length > 0;
}

/**
 * Stores the notices of an event; the first who comes with an event decides.
 * @returns whether it was this call.
 */
export async function storeNotices(
  database: Database,
  { eventId, eventType, userId }: Occasion,
  notices: readonly NewNotice[],
): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.query('delete from waiting where event_id = $1', [eventId]);
    const { rows } = await tx.query(
      'insert into events (id, type) values ($1, $2) on conflict (id) do nothing returning id',
      [eventId, eventType],
    );
    if (rows.length === 0) return false;
    for (const { channel, recipient, recipientName, subject, body } of notices) {
      await tx.query(
        `insert into notices (event_id, channel, user_id, recipient, recipient_name, subject, body)
          values ($1, $2, $3, $4, $5, $6, $7)`,
        [eventId, channel, userId, recipient, recipientName, subject, body],
      );
    }
    return true;
  });
}

/** A notice that is to be sent now. */
export interface DueNotice extends NewNotice {
  /** Decimal text. */
  readonly id: string;
  readonly eventId: string;
  /** This attempt included. */
  readonly attempts: number;
}

/** Takes notices that are due; nobody else gets them while the lease lasts. */
export async function takeDue(database: Database, most: number): Promise<DueNotice[]> {
  const { rows } = await database.query<{
    id: string;
    event_id: string;
    channel: Channel;
    recipient: string;
    recipient_name: string;
    subject: string;
    body: string;
    attempts: number;
  }>(
    `update notices set lease_until = now() + ${LEASE_SECONDS} * interval '1 second', attempts = attempts + 1
      where id in (
        select id from notices
          where state = 'stored' and next_attempt_at <= now() and (lease_until is null or lease_until < now())
          order by next_attempt_at, id limit $1 for update skip locked)
      returning id, event_id, channel, recipient, recipient_name, subject, body, attempts`,
    [most],
  );
  return rows.map(({ event_id: eventId, recipient_name: recipientName, ...row }) => ({
    ...{ ...row, eventId, recipientName },
  }));
}

/** Writes that a notice was sent. @returns false where another had done so. */
export async function markSent(
  database: Pick<Database, 'query'>,
  { id }: DueNotice,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `update notices set state = 'sent', sent_at = now(), lease_until = null, last_error = null
      where id = $1::bigint and state = 'stored'`,
    [id],
  );
  return rowCount > 0;
}

/** Writes that an attempt failed, unless another has begun one meanwhile. @param isFinal whether there will be no other */
export async function markFailed(
  database: Database,
  { id, attempts }: DueNotice,
  reason: string,
  isFinal: boolean,
): Promise<void> {
  const seconds = Math.min(RETRY_SECONDS.first * 2 ** (attempts - 1), RETRY_SECONDS.most);
  await database.query(
    `update notices set state = case when $3::boolean then 'failed' else state end, last_error = $2,
        next_attempt_at = now() + $4::int * interval '1 second', lease_until = null
      where id = $1::bigint and state = 'stored' and attempts = $5::int`,
    [id, reason, isFinal, seconds, attempts],
  );
}

/** A notice as its user reads it. */
export interface Notice {
  readonly id: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly channel: Channel;
  readonly subject: string;
  readonly body: string;
  readonly state: NoticeState;
  readonly created_at: string;
  readonly sent_at: string | null;
}

/** Notices of a user, the newest first. @returns one more than `limit` where there is a next page */
export async function findNotices(
  database: Database,
  userId: number,
  { limit, after }: { readonly limit: number; readonly after?: number | undefined },
): Promise<Notice[]> {
  const { rows } = await database.query<
    Omit<Notice, 'id' | 'created_at' | 'sent_at'> & {
      id: string;
      created_at: Date;
      sent_at: Date | null;
    }
  >(
    `select n.id, event_id, e.type as event_type, channel, subject, body, state, created_at, sent_at
      from notices n join events e on e.id = n.event_id
      where user_id = $1 and ($2::bigint is null or n.id < $2) order by n.id desc limit $3`,
    [userId, after ?? null, limit + 1],
  );
  return rows.map((row) => ({
    ...row,
    id: Number(row.id),
    created_at: row.created_at.toISOString(),
    sent_at: row.sent_at?.toISOString() ?? null,
  }));
}
