import type { ClientConfig } from 'pg';
import { parse, toClientConfig } from 'pg-connection-string';
import { type AppError, usageError } from '../../rules/errors.ts';
import { printable } from '../../rules/text/shown-text.ts';

/** Where a Postgres server is, and how to get in. */
export interface PostgresAddress {
  readonly config: ClientConfig;
  /** For people: host, port and database; never a user's name or password. */
  readonly place: string;
  /** The user that is named; undefined for the one that the driver takes. */
  readonly user: string | undefined;
  readonly hasPassword: boolean;
  /** `sslmode=prefer`: encrypted where the server can, else not. */
  readonly isEncryptionOptional: boolean;
}

const EXAMPLE = 'Use one such as DATABASE_URL=postgres://user:password@host:5432/orders';
const ESCAPES =
  'In a user name or password, write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25.';

const URL_PARTS = /^postgres(?:ql)?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(#.*)?$/;
/** Options whose values may hold an @ as it is. */
const WITH_AT = new Set(['user', 'password', 'options']);
const SSL_MODES = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'no-verify',
];

/**
 * Reads a Postgres connection URL; `sslmode` means what it means to `psql`. An error never shows the URL, nor a part of it.
 * @throws AppError `InvalidDatabaseUrl` (exit 2)
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function readPostgresUrl(url: string): PostgresAddress {
  const { text, mode } = checkedUrl(url);
  const config = clientConfig(text, mode);
  const { user, password, port, database } = config;
  return {
    config,
    place: printable(`${hostOf(config)}${port ? `:${port}` : ''}${database ? `/${database}` : ''}`),
    user: user || process.env.PGUSER || undefined,
    hasPassword: Boolean(password || process.env.PGPASSWORD),
    isEncryptionOptional: mode === 'prefer',
  };
}

/**
 * The host of a Postgres connection URL as it stands in one, or the folder of its socket; `localhost` for none. What the URL
 * says of encryption is left out: the files that it names may be those of another machine.
 * @throws AppError `InvalidDatabaseUrl` (exit 2)
 */
export function postgresHost(url: string): string {
  const { text } = checkedUrl(url);
  return hostOf(clientConfig(text.replace(/(?<=[?&])ssl\w+=[^&]*/g, ''), undefined));
}

function hostOf({ host }: ClientConfig): string {
  return host?.includes(':') ? `[${host}]` : host || 'localhost';
}

/** A URL whose parts are where they seem to be, and the `sslmode` that it says. @throws AppError `InvalidDatabaseUrl` */
function checkedUrl(url: string): { readonly text: string; readonly mode: string | undefined } {
  const [text, , path = '', query = '', fragment] = URL_PARTS.exec(url.trim()) ?? [];
  if (text === undefined) throw invalid('is not a Postgres URL', EXAMPLE);
  const options = new URLSearchParams(query);
  // A password with one of these characters ends early, and its rest would be taken for something that may be shown.
  if (path.includes('@') || fragment !== undefined || !isSaneQuery(options)) {
    throw invalid('has a character that must be written as % and its code', ESCAPES);
  }
  const mode = options.get('sslmode') ?? undefined;
  if (mode !== undefined && !SSL_MODES.includes(mode)) {
    throw invalid('has an unknown sslmode', `Use one of ${SSL_MODES.join(', ')}.`);
  }
  return { text, mode };
}

function isSaneQuery(options: URLSearchParams): boolean {
  return [...options].every(
    ([name, value]) => /^\w+$/.test(name) && (!value.includes('@') || WITH_AT.has(name)),
  );
}

/** What the driver takes. @throws AppError `InvalidDatabaseUrl` */
function clientConfig(url: string, mode: string | undefined): ClientConfig {
  // `system` stands for the authorities that the runtime knows, which is what it takes without a file.
  const text = url.replace(/([?&])sslrootcert=system(?=&|$)&?/, '$1');
  const isPlain = mode === 'allow' || mode === 'disable';
  const useLibpqCompat =
    mode !== undefined && mode !== 'no-verify' && !text.includes('uselibpqcompat=');
  try {
    const config = toClientConfig(parse(text, { useLibpqCompat }));
    return isPlain ? { ...config, ssl: false } : config;
  } catch (error) {
    throw unreadable(error as NodeJS.ErrnoException);
  }
}

function unreadable({ code, path, message }: NodeJS.ErrnoException): AppError {
  if (path !== undefined) {
    return invalid(
      `names a certificate or key that can't be read (${code})`,
      `Check the file ${path}, which the URL names as sslrootcert, sslcert or sslkey.`,
    );
  }
  if (message.includes('verify-ca')) {
    return invalid(
      'asks for sslmode=verify-ca without a certificate authority',
      'Add &sslrootcert=FILE to it, or use sslmode=verify-full.',
    );
  }
  return invalid('is not a Postgres URL', `${EXAMPLE} ${ESCAPES}`);
}

function invalid(problem: string, hint: string): AppError {
  return usageError(`The database URL ${problem}.`, hint, 'InvalidDatabaseUrl');
}
