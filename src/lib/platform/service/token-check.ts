import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { Problem } from '../../http/problem.ts';

/** Who issues the platform's tokens, and for whom. */
export const TOKEN_ISSUER = 'pubsub-platform';
export const TOKEN_AUDIENCE = 'pubsub-platform';

/** Milliseconds after which the keys are asked for again; what is known stays good while auth is away. */
const RELOAD_MS = 5 * 60_000;
/** Milliseconds between two questions for a key that isn't known: anybody can name one. */
const COOLDOWN_MS = 5_000;
/** Milliseconds that auth has to give its keys. */
const KEYS_TIMEOUT_MS = 2_000;
/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE_S = 5;
/** Characters of a token at the most. */
const MAX_TOKEN = 4096;
/** Tokens that are remembered as verified. */
const REMEMBERED = 10_000;

/** Who sent a request. */
export interface Caller {
  readonly kind: 'user' | 'service';
  /** The number of a user, or the name of a service. */
  readonly id: number | string;
  readonly roles: readonly string[];
  /** To be passed on. */
  readonly token: string;
}

/** Checks tokens. */
export interface TokenCheck {
  /**
   * Who sent a request with these headers.
   * @throws Problem 401 without a good token, 503 while no key is known
   */
  authenticate(headers: Pick<IncomingHttpHeaders, 'authorization'>): Promise<Caller>;
  /** Whose token that is, where it was verified before; never waits. */
  remembered(headers: Pick<IncomingHttpHeaders, 'authorization'>): Caller | undefined;
  /** Asks for the keys, where none are known yet. @throws Error where auth can't be reached */
  ready(): Promise<void>;
}

interface Verified {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Checks tokens with the keys that auth publishes. What was verified is remembered until it ends, by its hash.
 * @param jwksUrl such as `http://auth:3001/.well-known/jwks.json`
 * @param now milliseconds since 1970
 */
export function createTokenCheck(jwksUrl: string, now: () => number = Date.now): TokenCheck {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
  const reload = reloadingOf(keys, now);
  const verified = new Map<string, Verified>();

  const find = (hash: string): Caller | undefined => {
    const found = verified.get(hash);
    if (found !== undefined && found.until > now()) return found.caller;
    verified.delete(hash);
    return undefined;
  };
  return {
    remembered: (headers) => {
      const token = bearerOf(headers.authorization);
      return token === undefined ? undefined : find(hashOf(token));
    },
    authenticate: async (headers) => {
      const token = bearerOf(headers.authorization);
      if (token === undefined) throw unauthorized('Send a token: Authorization: Bearer <token>.');
      const hash = hashOf(token);
      const known = find(hash);
      if (known !== undefined) return known;
      reload();
      const { payload } = await verify(token, keys, now);
      const caller = callerOf(payload, token);
      verified.set(hash, { caller, until: (payload.exp ?? 0) * 1000 });
      // The one that was remembered first goes first.
      if (verified.size > REMEMBERED) verified.delete(verified.keys().next().value ?? '');
      return caller;
    },
    ready: async () => {
      if (keys.jwks() === undefined) await keys.reload();
    },
  };
}

/** Asks for the keys now and then, behind the back of whoever waits for a token to be checked. */
function reloadingOf(keys: RemoteJWKSet, now: () => number): () => void {
  let askedAt = now();
  return () => {
    if (now() - askedAt < RELOAD_MS) return;
    askedAt = now();
    keys.reload().catch(() => {
      // Those that are known stay.
    });
  };
}

async function verify(token: string, keys: RemoteJWKSet, now: () => number) {
  try {
    return await jwtVerify(token, keys, {
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now()),
    });
  } catch (error) {
    if (isRefusal(error)) throw unauthorized('The token is not valid, or not any more.', true);
    throw new Problem(503, 'auth_unavailable', 'Tokens can not be checked just now: try again.', {
      headers: { 'retry-after': '1' },
    });
  }
}

/** Whether a token was refused, rather than the keys not to be had. */
function isRefusal(error: unknown): boolean {
  const away = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  if (away) return false;
  // A plain JOSEError is an answer of auth that isn't a key set.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}

function callerOf({ sub = '', roles }: JWTPayload, token: string): Caller {
  const [, kind, id = ''] = /^(user|service):([\w-]{1,64})$/.exec(sub) ?? [];
  const number = kind === 'user' ? Number(id) : id;
  const isRight = kind === 'service' || (kind === 'user' && Number.isSafeInteger(number));
  if (!isRight || !Array.isArray(roles) || !roles.every((role) => typeof role === 'string')) {
    throw unauthorized('The token is not one of this platform.', true);
  }
  return { kind, id: number, roles, token } as Caller;
}

function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_TOKEN) return undefined;
  return /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function unauthorized(message: string, isInvalid = false): Problem {
  const error = isInvalid ? ', error="invalid_token"' : '';
  return new Problem(401, 'unauthorized', message, {
    headers: { 'www-authenticate': `Bearer realm="pubsub"${error}` },
  });
}
