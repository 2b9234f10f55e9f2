import type { Channel } from '../service/channels.ts';

/** A user as they are answered. */
export interface User {
  /** A whole number from 1, that of auth. */
  readonly id: number;
  /** Null until their registration has arrived. */
  readonly email: string | null;
  readonly name: string | null;
  /** In international form, such as `+4915112345678`. */
  readonly phone: string | null;
  /** Where push messages go. */
  readonly device_token: string | null;
  /** ISO 8601 with milliseconds; null as `email`. */
  readonly registered_at: string | null;
  readonly updated_at: string;
}

/** The columns of a user as both drivers give them. */
export interface UserRow {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly device_token: string | null;
  readonly order_channels: Channel[];
  readonly registered_at: Date | null;
  readonly updated_at: Date;
}

/** The columns that make up a `UserRow`. */
export const USER_COLUMNS =
  'id, email, name, phone, device_token, order_channels, registered_at, updated_at';

/** A user from their row. */
export function userOf(row: UserRow): User {
  const { id, email, name, phone, device_token, registered_at, updated_at } = row;
  return {
    ...{ id: Number(id), email, name, phone, device_token },
    registered_at: registered_at?.toISOString() ?? null,
    updated_at: updated_at.toISOString(),
  };
}
