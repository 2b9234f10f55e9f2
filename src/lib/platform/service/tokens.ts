import type { IncomingHttpHeaders } from 'node:http';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { temporary } from '../../http/failures.ts';
import { Problem } from '../../http/problem.ts';
import type { Caller, Role } from './caller.ts';

/** Who issues tokens, and for whom. */
export const TOKEN_ISSUER = 'pubsub-platform';
export const TOKEN_AUDIENCE = 'pubsub-platform';
export const TOKEN_ALGORITHM = 'ES256';

/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Milliseconds after which the keys are read again, and between two looks for an unknown key: anybody can name one. */
const KEYS_RELOAD_MS = 300_000;
const KEY_COOLDOWN_MS = 1_000;
const KEYS_TIMEOUT_MS = 2_000;
/** Characters of a token at the most. */
const MAX_TOKEN = 4_096;
/** Tokens that are remembered as verified. */
const REMEMBERED = 10_000;

/** Checks tokens by the keys that auth publishes. Keys that were read once are taken while auth is away. */
export interface TokenCheck {
  /** @throws Problem 401, or 503 where no keys could be read yet */
  authenticate(headers: Pick<IncomingHttpHeaders, 'authorization'>): Promise<Caller>;
  /** Whose token that is, where it was verified before and has not ended. */
  remembered(headers: Pick<IncomingHttpHeaders, 'authorization'>): Caller | undefined;
  /** Reads the keys unless they are known. @throws Error while auth is away */
  ready(): Promise<void>;
}

/** A token that was verified. */
interface Verified {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Checks tokens. What was verified is remembered until it ends: a signature takes a hundred times as long.
 * @param authUrl where auth answers, without a slash at the end
 * @param now milliseconds since 1970
 */
export function createTokenCheck(authUrl: string, now: () => number = Date.now): TokenCheck {
  const keys = createRemoteJWKSet(new URL(`${authUrl}/.well-known/jwks.json`), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: KEY_COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
  const reload = reloading(keys, now);
  const verified = new Map<string, Verified>();
  const find = (token: string): Caller | undefined => {
    const found = verified.get(token);
    if (found === undefined || found.until > now()) return found?.caller;
    verified.delete(token);
    return undefined;
  };
  const remember = (token: string, value: Verified): void => {
    verified.set(token, value);
    // The one that was remembered first goes first.
    if (verified.size > REMEMBERED) verified.delete(verified.keys().next().value ?? '');
  };
  return {
    remembered: ({ authorization }) => {
      const token = bearerOf(authorization);
      return token === undefined ? undefined : find(token);
    },
    async authenticate({ authorization }) {
      const token = bearerOf(authorization);
      if (token === undefined) throw missingToken();
      const known = find(token);
      if (known !== undefined) return known;
      reload();
      const payload = await verify(token, keys, now);
      const caller = callerOfPayload(payload, token);
      if (caller === undefined) throw invalidToken();
      remember(token, { caller, until: (payload.exp ?? 0) * 1000 });
      return caller;
    },
    async ready() {
      if (keys.jwks() === undefined) await keys.reload();
    },
  };
}

/** Reads the keys again now and then, without anybody who waits for it. */
function reloading(keys: RemoteJWKSet, now: () => number): () => void {
  let readAt = now();
  return () => {
    if (now() - readAt < KEYS_RELOAD_MS) return;
    readAt = now();
    // Those that are known stay while auth is away.
    keys.reload().catch(() => {});
  };
}

async function verify(token: string, keys: RemoteJWKSet, now: () => number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      algorithms: [TOKEN_ALGORITHM],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(now()),
    });
    return payload;
  } catch (error) {
    if (isRefusal(error) || keys.jwks() !== undefined) throw invalidToken();
    throw temporary('AuthUnavailable', 'Tokens can not be checked just now.');
  }
}

/** Whether the token is at fault, rather than whoever has the keys. */
function isRefusal(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // A set that can't be fetched is JOSEError itself, or what fetch throws.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}

const ROLES: readonly string[] = ['user', 'admin', 'service'] satisfies Role[];

function callerOfPayload({ sub = '', roles, sid }: JWTPayload, token: string): Caller | undefined {
  const [, kind, id = ''] = /^(user|service):(.+)$/.exec(sub) ?? [];
  const known = Array.isArray(roles)
    ? roles.filter((each): each is Role => ROLES.includes(each))
    : [];
  if (kind === 'service') return { kind, id, roles: known, token };
  if (kind !== 'user' || !/^[1-9]\d{0,15}$/.test(id) || typeof sid !== 'string') return undefined;
  return { kind, id: Number(id), roles: known, sessionId: sid, token };
}

function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_TOKEN) return undefined;
  return /^bearer +([^\s]+)$/i.exec(authorization)?.[1];
}

function missingToken(): Problem {
  return new Problem(401, 'Unauthorized', 'Send a token: Authorization: Bearer <token>.', {
    headers: { 'www-authenticate': 'Bearer realm="pubsub-platform"' },
  });
}

function invalidToken(): Problem {
  return new Problem(401, 'Unauthorized', 'The token is invalid, or has expired.', {
    headers: { 'www-authenticate': 'Bearer realm="pubsub-platform", error="invalid_token"' },
  });
}
