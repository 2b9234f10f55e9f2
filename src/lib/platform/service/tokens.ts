import type { IncomingHttpHeaders } from 'node:http';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { temporary } from '../../http/failures.ts';
import { Problem } from '../../http/problem.ts';
import type { Caller, Role } from './caller.ts';

/** Who issues tokens, and for whom. */
export const TOKEN_ISSUER = 'pubsub-platform';
export const TOKEN_AUDIENCE = 'pubsub-platform';
export const TOKEN_ALGORITHM = 'ES256';

/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Milliseconds for which read keys are taken without looking again, and between two looks for an unknown key. */
const KEYS_KEPT_MS = 600_000;
const KEY_COOLDOWN_MS = 1_000;
const KEYS_TIMEOUT_MS = 2_000;

/** Checks tokens by the keys that auth publishes. Keys that were read once are taken while auth is away. */
export interface TokenCheck {
  /** @throws Problem 401, or 503 where no keys could be read yet */
  authenticate(headers: IncomingHttpHeaders): Promise<Caller>;
}

/** @param authUrl where auth answers, without a slash at the end */
export function createTokenCheck(authUrl: string): TokenCheck {
  const remote = createRemoteJWKSet(new URL(`${authUrl}/.well-known/jwks.json`), {
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: KEY_COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
  const options = {
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE,
    algorithms: [TOKEN_ALGORITHM],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub'],
  };
  const verify = async (token: string): Promise<JWTPayload> => {
    try {
      return (await jwtVerify(token, remote, options)).payload;
    } catch (error) {
      if (isRefusal(error)) throw invalidToken();
      const known = remote.jwks();
      if (known === undefined) {
        throw temporary('AuthUnavailable', 'Tokens can not be checked just now.');
      }
      const local = createLocalJWKSet(known);
      return (
        await jwtVerify(token, local, options).catch(() => {
          throw invalidToken();
        })
      ).payload;
    }
  };
  return {
    async authenticate({ authorization }) {
      const token = /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) throw missingToken();
      const caller = callerOfPayload(await verify(token), token);
      if (caller === undefined) throw invalidToken();
      return caller;
    },
  };
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
