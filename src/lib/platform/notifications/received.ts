import type { Database, Queryable } from '../../database/database.ts';
import type { Channel } from '../service/channels.ts';

/** Messages that are kept; the oldest go first. */
const KEPT = 1_000;

/** A message that was received here. */
export interface NewReceived {
  readonly channel: Channel;
  /** Of an email, with its angle brackets; null where it has none. */
  readonly messageId: string | null;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly body: string;
  /** An email as it came; null of others. */
  readonly source: string | null;
}

/** Keeps a message. */
export async function keepReceived(database: Queryable, message: NewReceived): Promise<void> {
  const { channel, messageId, sender, recipients, subject, body, source } = message;
  const { rows } = await database.query<{ id: string }>(
    `insert into received (channel, message_id, sender, recipients, subject, body, source)
      values ($1, $2, $3, $4::text[], $5, $6, $7) returning id`,
    [channel, ...[messageId, sender, recipients, subject, body, source].map(storable)],
  );
  await database.query('delete from received where id <= $1::bigint - $2::int', [
    rows[0]?.id ?? '0',
    KEPT,
  ]);
}

/** The one character that a database doesn't take. */
function storable(value: string | readonly string[] | null): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD');
  return value?.map(storable) ?? null;
}

/** A message as it is listed. */
export interface Received {
  readonly id: number;
  readonly channel: Channel;
  readonly message_id: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
  readonly received_at: string;
}

interface ReceivedRow extends Omit<Received, 'id' | 'received_at'> {
  readonly id: string;
  readonly received_at: Date;
}

const COLUMNS =
  'id, channel, message_id, sender as "from", recipients as "to", subject, body, received_at';

/** Which messages are asked for. */
export interface ReceivedQuery {
  readonly channel?: Channel | undefined;
  /** An address, number or device, to the letter but for case. */
  readonly to?: string | undefined;
  readonly message_id?: string | undefined;
  /** From 1. */
  readonly limit: number;
  /** Only messages with a lower id: where the page before ended. */
  readonly after?: number | undefined;
}

/** Messages, the newest first. @returns one more than `limit` where there is a next page */
export async function findReceived(
  database: Database,
  { channel, to, message_id, limit, after }: ReceivedQuery,
): Promise<Received[]> {
  const { rows } = await database.query<ReceivedRow>(
    `select ${COLUMNS} from received
      where ($1::bigint is null or id < $1) and ($2::text is null or channel = $2)
        and ($3::text is null or $3 = any (recipients)) and ($4::text is null or message_id = $4)
      order by id desc limit $5`,
    [after ?? null, channel ?? null, to?.toLowerCase() ?? null, message_id ?? null, limit + 1],
  );
  return rows.map(receivedOf);
}

/** One message, an email with its source; undefined where it isn't there, or no longer. */
export async function findReceivedById(
  database: Database,
  id: number,
): Promise<(Received & { readonly source: string | null }) | undefined> {
  const { rows } = await database.query<ReceivedRow & { source: string | null }>(
    `select ${COLUMNS}, source from received where id = $1::bigint`,
    [id],
  );
  return rows[0] && { ...receivedOf(rows[0]), source: rows[0].source };
}

function receivedOf<Row extends ReceivedRow>(row: Row): Omit<Row, 'id' | 'received_at'> & Received {
  return { ...row, id: Number(row.id), received_at: row.received_at.toISOString() };
}
