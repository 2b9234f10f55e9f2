import type { Database } from '../../database/database.ts';
import type { NoticeText, Occasion } from './notice.ts';

/** Seconds before a user is asked for again, the first time, and between two times at the most. */
const PAUSE_SECONDS = { first: 1, most: 60 };
/** Hours after which a user isn't waited for any more. */
const PATIENCE_HOURS = 24;

/** An event whose user the users service doesn't know yet. */
export interface WaitingOccasion extends Occasion {
  /** Whether this is the last time that its user is asked for. */
  readonly isLast: boolean;
}

/** Keeps an event until its user is there. A second time changes nothing. */
export async function keepWaiting(
  database: Database,
  { eventId, eventType, userId, text }: Occasion,
): Promise<void> {
  await database.query(
    `insert into waiting (event_id, event_type, user_id, text) values ($1, $2, $3, $4::text::json)
      on conflict (event_id) do nothing`,
    [eventId, eventType, userId, JSON.stringify(text)],
  );
}

/** Takes events whose users are to be asked for now. Each comes again later, unless it is settled. */
export async function takeWaiting(database: Database, most: number): Promise<WaitingOccasion[]> {
  const { rows } = await database.query<{
    event_id: string;
    event_type: string;
    user_id: string;
    text: NoticeText;
    is_last: boolean;
  }>(
    `update waiting set attempts = attempts + 1,
        next_attempt_at = now() + interval '1 second'
          * least(${PAUSE_SECONDS.first} * 2 ^ least(attempts, 10), ${PAUSE_SECONDS.most})
      where event_id in (
        select event_id from waiting where next_attempt_at <= now() and given_up_at is null
          order by next_attempt_at limit $1 for update skip locked)
      returning event_id, event_type, user_id, text,
        since < now() - ${PATIENCE_HOURS} * interval '1 hour' as is_last`,
    [most],
  );
  return rows.map((row) => ({
    ...{ eventId: row.event_id, eventType: row.event_type, userId: Number(row.user_id) },
    ...{ text: row.text, isLast: row.is_last },
  }));
}

/** Asks for the user of an event no more. It stays, so that it isn't taken for a new one. */
export async function giveUp(database: Database, { eventId }: Occasion): Promise<void> {
  await database.query('update waiting set given_up_at = now() where event_id = $1', [eventId]);
}
