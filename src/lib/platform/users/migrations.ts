import type { Migration } from '../../database/migrate.ts';

/** The tables of the users. */
export const USER_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'users',
    statements: [
      // The id is that of auth. A user may have said something of themselves before their registration arrives here:
      // until then there is no address.
      `create table users (
        id bigint primary key check (id >= 1),
        email text,
        name text,
        phone text,
        device_token text,
        order_channels text[] not null default '{email}'
          check (order_channels <@ array['email', 'push', 'sms']),
        search_text text not null default '',
        registered_at timestamptz(3),
        updated_at timestamptz(3) not null default now(),
        check ((email is null) = (registered_at is null))
      )`,
    ],
  },
];
