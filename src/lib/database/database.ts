import type { AppError } from '../rules/errors.ts';

/** What a statement did. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  /** Rows that it returned, or that it changed where it returns none. */
  readonly rowCount: number;
}

/** Something that runs SQL: the database, or one transaction in it. */
export interface Queryable {
  /**
   * Runs one statement of the Postgres dialect.
   *
   * Both implementations read and write the same JavaScript values: `bigint` and `numeric` come as text, so that
   * neither an id nor money becomes a binary number on its way; `int` as number, `timestamptz` as `Date`, `json` parsed,
   * arrays as arrays.
   * @param text with `$1`, `$2`, … for `params`.
   * @throws the driver's error; `code` is the SQLSTATE where the database refused the statement.
   */
  query<Row = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

/** A database, wherever it is kept. */
export interface Database extends Queryable {
  readonly kind: 'pglite' | 'postgres';
  /** Where it is, for people: a folder, or an address without its password. */
  readonly place: string;
  /**
   * Runs `body` in one transaction: committed when it resolves, rolled back when it throws.
   * `body` MUST use what it is given and never the database itself, which on PGlite would wait for it forever.
   * @param options.isSlow each statement may take an hour in place of ten seconds.
   */
  transaction<T>(
    body: (tx: Queryable) => Promise<T>,
    options?: { readonly isSlow?: boolean },
  ): Promise<T>;
  /** Why it can't be used, as an error for people. @param cause what a statement or a connection failed with */
  unusable(cause: unknown): AppError;
  /** Waits for what runs, then lets go of folder or connections. A second call does nothing. */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A Postgres connection URL (`DATABASE_URL`); without one, an embedded database in `folder`. */
  readonly url?: string | undefined;
  /** Where an embedded database is kept. */
  readonly folder: string;
  /** Told before an embedded database is made for the first time, which takes seconds. */
  readonly onCreate?: () => void;
  /** Told who is in the way of bringing tables on a server up to date, once each: opening waits for them. */
  readonly onWait?: (holder: string) => void;
  /** Aborted to give up: a database that is being made is not kept, and the opening fails. */
  readonly signal?: AbortSignal;
  /** Connections to a Postgres server at the most; 10 unless given. */
  readonly connections?: number;
}
