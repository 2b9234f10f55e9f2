import type { Database } from '../../../src/lib/database/database.ts';

/** A database in which nothing is due, and how often a relay has looked. */
export function emptyOutbox(): { readonly database: Database; readonly looks: () => number } {
  let looks = 0;
  const query = async () => ({ rows: [], rowCount: 0 });
  const database: Database = {
    kind: 'postgres',
    place: 'nowhere',
    query,
    transaction: (body) => {
      looks++;
      return body({ query });
    },
    unusable: (cause) => {
      throw cause;
    },
    close: async () => {},
  };
  return { database, looks: () => looks };
}
