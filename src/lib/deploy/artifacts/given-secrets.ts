import { isLoopbackUrl } from '../../config/loopback.ts';
import { postgresHost } from '../../database/postgres/url.ts';
import { usageError } from '../../rules/errors.ts';
import { DATABASE_URL_PARAMETER } from '../database.ts';
import { DATABASE_SECRET, TOKEN_SECRET } from '../ecs-api.ts';
import { TOKEN_PARAMETER } from '../order-api.ts';
import type { Deployment } from '../template.ts';
import { SECRET_TEXTS } from './stored-secrets.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who gives secrets: variables of the environment, whose texts stand on no command line, or ARNs. */
export interface SecretSources {
  readonly env: Env;
  readonly choices: {
    readonly databaseSecret: string | undefined;
    readonly tokenSecret: string | undefined;
    readonly allowUnauthenticated: boolean;
  };
  /** Names of the deployment's parameters that have values already. */
  readonly kept: ReadonlySet<string>;
}

/**
 * The parameters of a stack of artifacts: texts of secrets, which it keeps in Secrets Manager. Those that are not given
 * stay as they are.
 * @param deployment whose services get them. @param stored outputs that the stack of artifacts has already.
 * @throws AppError (exit 2) `MissingDatabase` where nothing says which database, `InvalidDatabaseUrl`, `InvalidDatabase`
 * for one of this machine, `Unauthenticated` for an order API that everybody could call, and nobody agreed to.
 */
export function secretTexts(
  { template }: Deployment,
  { env, choices, kept }: SecretSources,
  stored: ReadonlySet<string>,
): Record<string, string> {
  const asked = template.Parameters ?? {};
  const { DATABASE_URL: url = '', PUBSUB_API_TOKEN: token = '' } = env;
  if (TOKEN_PARAMETER in asked && token === '' && !kept.has(TOKEN_PARAMETER)) {
    if (!choices.allowUnauthenticated) throw openToAll();
  }
  const takes = (secret: string, text: string, arn: string | undefined) =>
    secret in asked && arn === undefined && text !== '';
  const hasUrl = takes(DATABASE_SECRET, url, choices.databaseSecret);
  const takesUrl = DATABASE_URL_PARAMETER in asked;
  if (hasUrl || (takesUrl && url !== '')) assertReachable(url);
  if (takesUrl && url === '' && !kept.has(DATABASE_URL_PARAMETER)) throw noDatabase();
  const isKnown =
    hasUrl ||
    choices.databaseSecret !== undefined ||
    kept.has(DATABASE_SECRET) ||
    stored.has(DATABASE_SECRET);
  if (DATABASE_SECRET in asked && !isKnown) throw noDatabase();
  return {
    ...(hasUrl && { [SECRET_TEXTS[DATABASE_SECRET]]: url }),
    ...(takes(TOKEN_SECRET, token, choices.tokenSecret) && {
      [SECRET_TEXTS[TOKEN_SECRET]]: token,
    }),
  };
}

/**
 * The parameters of a deployment that are about secrets: ARNs, or the token of an API that is a function.
 * @param outputs of the stack of artifacts.
 */
export function secretParameters(
  { template }: Deployment,
  { env, choices, kept }: SecretSources,
  outputs: Readonly<Record<string, string>>,
): Record<string, string> {
  const asked = template.Parameters ?? {};
  const { DATABASE_URL: url = '', PUBSUB_API_TOKEN: token = '' } = env;
  const secrets = [
    { name: DATABASE_SECRET, chosen: choices.databaseSecret, text: url },
    { name: TOKEN_SECRET, chosen: choices.tokenSecret, text: token },
  ];
  const arns = secrets.flatMap(({ name, chosen, text }) => {
    // A secret that was chosen earlier stays, until one is given.
    const arn = chosen ?? (kept.has(name) && text === '' ? undefined : outputs[name]);
    return name in asked && arn !== undefined ? [[name, arn] as const] : [];
  });
  const isToken = TOKEN_PARAMETER in asked && token !== '';
  return {
    ...Object.fromEntries(arns),
    ...(isToken && { [TOKEN_PARAMETER]: token }),
    ...(DATABASE_URL_PARAMETER in asked && url !== '' && { [DATABASE_URL_PARAMETER]: url }),
  };
}

/** @throws AppError (exit 2) `InvalidDatabaseUrl`, or `InvalidDatabase` for a server of this machine. */
function assertReachable(url: string): void {
  const host = postgresHost(url);
  // What begins so is the folder of a socket.
  if (!host.startsWith('/') && !isLoopbackUrl(`http://${host}`)) return;
  throw usageError(
    'DATABASE_URL names a server of this machine, which tasks on AWS do not reach.',
    'Such as postgres://user:password@host:5432/orders; or --database-secret ARN.',
    'InvalidDatabase',
  );
}

function noDatabase() {
  return usageError(
    'The order API keeps orders in Postgres, and nothing says where that is.',
    'Set DATABASE_URL in the environment. For ecs and hybrid also: --database-secret ARN, or --database rds',
    'MissingDatabase',
  );
}

function openToAll() {
  return usageError(
    'The order API would be open to everybody who knows its URL: it has no token.',
    'Set PUBSUB_API_TOKEN in the environment, or add --allow-unauthenticated.',
    'Unauthenticated',
  );
}
