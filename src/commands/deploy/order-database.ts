import {
  ORDER_DATABASES,
  type OrderDatabase,
  type Style,
  usualDatabase,
} from '../../lib/definition/styles.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import type { CommandContext } from '../command.ts';

/** Where a deployment to the local engine keeps its orders. */
export interface LocalOrders {
  readonly database: OrderDatabase;
  /** Whether that is the Postgres server of a parameter. */
  readonly hasDatabaseUrl: boolean;
  /** The parameter, where it is not to stay as it is. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** @throws AppError `UnknownDatabase` (exit 2) */
export function readDatabase(word: string | undefined): OrderDatabase | undefined {
  const database = ORDER_DATABASES.find((each) => each === word);
  if (word === undefined || database !== undefined) return database;
  const near = nearest(word, ORDER_DATABASES);
  throw usageError(
    `Unknown database "${shownText(word)}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Databases: ${ORDER_DATABASES.join(', ')}. The URL of a server is DATABASE_URL in the environment.`,
    'UnknownDatabase',
  );
}

/**
 * Finds out where orders are kept on the local engine: as the flag and `DATABASE_URL` say, and else as the stack has it. The
 * URL is a parameter that nobody is shown.
 * @throws AppError (exit 2) for a server without a URL, or with one that can't be.
 */
export async function localOrders(
  { io, printer }: CommandContext,
  { aws, topology }: Place,
  { style, database }: { readonly style: Style; readonly database: OrderDatabase | undefined },
): Promise<LocalOrders> {
  const [
    { hasOrderApi },
    { DATABASE_URL_PARAMETER, databaseUrlParameters },
    { stackName },
    { keptStack },
  ] = await Promise.all([
    import('../../lib/deploy/order-api.ts'),
    import('../../lib/deploy/database.ts'),
    import('../../lib/deploy/style.ts'),
    import('../../lib/deploy/kept-stack.ts'),
  ]);
  const own = { database: database ?? usualDatabase(style), hasDatabaseUrl: false, parameters: {} };
  if (!hasOrderApi(topology)) return own;
  const stack = await keptStack(aws, stackName(topology, style));
  const had =
    stack?.Parameters?.some(({ ParameterKey }) => ParameterKey === DATABASE_URL_PARAMETER) === true;
  const url = io.env.DATABASE_URL || undefined;
  const isServer = style !== 'serverless' || (database ?? (had && 'postgres')) === 'postgres';
  if (!isServer) return own;
  if (url === undefined && !had) {
    if (database === 'postgres') throw urlMissing(style);
    if (database === 'rds') printer.note(NO_RDS);
    return own;
  }
  if (url !== undefined) {
    const { readPostgresUrl } = await import('../../lib/database/postgres/url.ts');
    printer.note(`Orders are kept in Postgres at ${readPostgresUrl(url).place} (DATABASE_URL).`);
  }
  return {
    database: database ?? 'postgres',
    hasDatabaseUrl: true,
    parameters: url === undefined ? {} : databaseUrlParameters(style, url),
  };
}

const NO_RDS =
  'The local engine has no RDS: orders are kept in an embedded Postgres. Another server: DATABASE_URL.';

function urlMissing(style: string) {
  return usageError(
    '--database postgres needs the URL of a server, in DATABASE_URL.',
    `Such as: DATABASE_URL=postgres://localhost/orders pubsub deploy ${style} --database postgres`,
    'DatabaseUrlMissing',
  );
}
