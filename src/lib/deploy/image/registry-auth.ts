import { isPlainHttpElsewhere } from '../../config/loopback.ts';
import { isRecord } from '../../events/json-value.ts';
import { AppError, EXIT } from '../../rules/errors.ts';
import { shellWord } from '../../rules/text/command-words.ts';
import { type ExchangeAnswer, type ExchangeRequest, readBody } from './http-exchange.ts';

/** A name and a password or token, for one registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** What a registry asks for (RFC 9110, `WWW-Authenticate`; "Token Authentication", Distribution). */
interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

const MAX_TOKEN_BYTES = 1024 * 1024;

/** What a registry lets one in with; asked for when it first refuses. */
export interface RegistryAuth {
  /** The `Authorization` header to send now; undefined for none yet. */
  header(): string | undefined;
  /** Answers a refusal. @returns whether there is something to try again with. @throws AppError (exit 4). */
  answer(refusal: ExchangeAnswer): Promise<boolean>;
}

/** What `createAuth` needs. */
export interface AuthOptions {
  readonly registry: string;
  /** What is done there, such as `repository:team/app:pull,push`. */
  readonly scope: string;
  /** Undefined for none: many registries give everybody a token to pull. */
  readonly login: () => Promise<RegistryLogin | undefined>;
  readonly send: (request: ExchangeRequest) => Promise<ExchangeAnswer>;
}

/** Makes what answers a registry's challenges: Basic, or a token that it says where to get. */
export function createAuth({ registry, scope, login, send }: AuthOptions): RegistryAuth {
  let header: string | undefined;
  const basic = ({ username, password }: RegistryLogin): string =>
    `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  const token = async ({ realm = '', service }: Challenge['parameters']): Promise<string> => {
    if (!URL.canParse(realm)) throw denied(registry, `it sends to "${realm}" for a token`);
    const known = await login();
    if (isPlainHttpElsewhere(realm)) {
      throw denied(registry, `it sends to ${realm} for a token, which is not encrypted`);
    }
    const url = new URL(realm);
    url.searchParams.set('scope', scope);
    if (service !== undefined) url.searchParams.set('service', service);
    const headers: Record<string, string> =
      known === undefined ? {} : { authorization: basic(known) };
    const answer = await send({ method: 'GET', url: url.href, headers });
    const text = (await readBody(answer, MAX_TOKEN_BYTES)).toString();
    if (answer.status !== 200) {
      throw denied(registry, `${url.host} answers ${answer.status} to whom asks for a token`);
    }
    return tokenIn(text) ?? fail(denied(registry, `${url.host} gives no token`));
  };

  return {
    header: () => header,
    async answer(refusal) {
      const challenge = readChallenge(refusal.headers['www-authenticate']);
      if (challenge === undefined) return false;
      if (challenge.scheme === 'bearer') {
        header = `Bearer ${await token(challenge.parameters)}`;
        return true;
      }
      const known = await login();
      if (known === undefined || header !== undefined) return false;
      header = basic(known);
      return true;
    },
  };
}

/** Reads `Bearer realm="…",service="…"`; undefined for other schemes. */
export function readChallenge(header: string | undefined): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*(basic|bearer)\b(.*)$/is.exec(header ?? '') ?? [];
  if (scheme === '') return undefined;
  const parameters = [...rest.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(
    ([, name = '', quoted, plain = '']) =>
      [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain] as const,
  );
  return {
    scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'bearer',
    parameters: Object.fromEntries(parameters),
  };
}

function tokenIn(text: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(answer)) return undefined;
  const { token, access_token: accessToken } = answer;
  return [token, accessToken].find((each): each is string => typeof each === 'string');
}

/** That a registry lets nobody in, and what helps. */
export function denied(registry: string, why: string): AppError {
  const isEcr = ecrRegistry(registry) !== undefined;
  return new AppError({
    code: 'RegistryDenied',
    message: `${registry} doesn't let us in: ${why}.`,
    hint: isEcr
      ? 'Look who asks, with: pubsub whoami --target aws'
      : `docker login ${shellWord(registry)}`,
    exitCode: EXIT.denied,
  });
}

/** The region of a registry of Amazon ECR; undefined for other registries. */
export function ecrRegistry(registry: string): { readonly region: string } | undefined {
  const [, region] =
    /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|on\.aws)$/.exec(
      registry,
    ) ?? [];
  return region === undefined ? undefined : { region };
}

function fail(error: Error): never {
  throw error;
}
