import { temporary } from '../../http/failures.ts';
import type { ServiceName } from './names.ts';

/** Milliseconds before its end at which a token is replaced. */
const RENEW_BEFORE_MS = 30_000;
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
  let token: Promise<ServiceToken> | undefined;
  let until = 0;
  return async () => {
    if (token === undefined || Date.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      token = fetchToken(name, secret, authUrl);
    }
    try {
      const got = await token;
      until = got.expiresAt - RENEW_BEFORE_MS;
      return got.text;
    } catch (error) {
      token = undefined;
      throw error;
    }
  };
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
  const answer = await fetch(`${authUrl}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${name}:${secret ?? ''}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw unavailable(error instanceof Error ? error.message : String(error));
  });
  if (!answer.ok) throw unavailable(`auth answers ${answer.status}`);
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
