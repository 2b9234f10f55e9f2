import { temporary } from '../../http/failures.ts';
import type { ServiceName } from './names.ts';

/** Milliseconds before its end at which a token is replaced. */
const RENEW_BEFORE_MS = 30_000;
/** Milliseconds that a token which is given out must still be good for. */
const LEAST_MS = 5_000;
const TOKEN_TIMEOUT_MS = 2_000;

/**
 * Gets tokens of a service from auth by the client credentials grant, and keeps each until shortly before its end.
 * @returns rejects with Problem 503 while auth is away, or refuses the secret
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function createServiceToken(
  name: ServiceName,
  secret: string | undefined,
  authUrl: string,
): () => Promise<string> {
  let good: ServiceToken | undefined;
  let asking: Promise<ServiceToken> | undefined;
  return async () => {
    if (isGood(good, RENEW_BEFORE_MS)) return good.text;
    asking ??= fetchToken(name, secret, authUrl).finally(() => {
      asking = undefined;
    });
    try {
      good = await asking;
    } catch (error) {
      // While auth is away, the old one does to its end.
      if (!isGood(good, LEAST_MS)) throw error;
    }
    return good.text;
  };
}

function isGood(token: ServiceToken | undefined, forMs: number): token is ServiceToken {
  return token !== undefined && Date.now() < token.expiresAt - forMs;
}

interface ServiceToken {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

async function fetchToken(
  name: ServiceName,
  secret: string | undefined,
  authUrl: string,
): Promise<ServiceToken> {
  const asked = Date.now();
  // RFC 6749, 2.3.1: both parts are written as in a form first.
  const credentials = [name, secret ?? ''].map(encodeURIComponent).join(':');
  const answer = await fetch(`${authUrl}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw unavailable(error instanceof Error ? error.message : String(error));
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw unavailable(`auth answers ${answer.status}`);
  }
  const { access_token: text, expires_in: seconds } = (await answer.json()) as {
    access_token?: unknown;
    expires_in?: unknown;
  };
  if (typeof text !== 'string' || typeof seconds !== 'number') throw unavailable('no token came');
  return { text, expiresAt: asked + seconds * 1000 };
}

function unavailable(reason: string): Error {
  return temporary('AuthUnavailable', `No service token could be had: ${reason}.`);
}
