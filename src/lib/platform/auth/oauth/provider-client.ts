import * as oidc from 'openid-client';
import { Problem } from '../../../http/problem.ts';
import type { BegunLogin } from './login-store.ts';
import { isLoopback, type ProviderSettings } from './providers.ts';

/** Seconds that a provider may take to answer. */
const PROVIDER_TIMEOUT_S = 5;

/** What a provider says of somebody who logged in there. */
export interface ProvidedIdentity {
  readonly subject: string;
  /** Given where the provider has made sure that it is theirs. */
  readonly email: string | undefined;
  readonly name: string | undefined;
}

/** A provider as OpenID Connect speaks with it. */
export interface ProviderClient {
  /** Where the person goes to log in. @throws Problem 502 where the provider can't be reached */
  begin(): Promise<{ readonly url: URL; readonly login: BegunLogin }>;
  /**
   * Takes the provider's answer: the code for an ID token, with PKCE, state and nonce.
   * @param query what came with the redirect, without its `?`
   * @throws Problem 400 where the provider refused, or its answer isn't the one that was waited for; 502 as `begin`
   */
  finish(login: BegunLogin, query: string): Promise<ProvidedIdentity>;
}

/** @param redirectUri where the provider sends people back to, as it is registered there */
export function createProviderClient(
  settings: ProviderSettings,
  redirectUri: string,
): ProviderClient {
  let found: Promise<oidc.Configuration> | undefined;
  const configuration = (): Promise<oidc.Configuration> => {
    found ??= discover(settings).catch((error) => {
      found = undefined;
      throw unreachable(settings, error);
    });
    return found;
  };
  return {
    begin: async () => {
      const verifier = oidc.randomPKCECodeVerifier();
      const login = {
        provider: settings.name,
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier,
      };
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: login.state,
        nonce: login.nonce,
      });
      return { url, login };
    },
    finish: async (login, query) => {
      const config = await configuration();
      const tokens = await exchange(settings, config, {
        login,
        url: new URL(`${redirectUri}?${query}`),
      });
      const claims = tokens.claims();
      if (claims === undefined) throw refused(settings);
      const more = await profile(config, tokens.access_token, claims);
      const verified = more.email_verified === true && typeof more.email === 'string';
      return {
        subject: claims.sub,
        email: verified ? (more.email as string) : undefined,
        name: typeof more.name === 'string' ? more.name : undefined,
      };
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: ProviderSettings) {
  const execute = isLoopback(issuer) ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(issuer, clientId, clientSecret, undefined, {
    execute,
    timeout: PROVIDER_TIMEOUT_S,
  });
}

async function exchange(
  settings: ProviderSettings,
  config: oidc.Configuration,
  { login, url }: { readonly login: BegunLogin; readonly url: URL },
) {
  try {
    return await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: login.verifier,
      expectedState: login.state,
      expectedNonce: login.nonce,
      idTokenExpected: true,
    });
  } catch (error) {
    // The rest is what the provider, or whoever forged its answer, sent.
    if (isAway(error)) throw unreachable(settings, error);
    throw refused(settings, error);
  }
}

/** Many providers tell an address only when asked with the access token. */
async function profile(
  config: oidc.Configuration,
  accessToken: string,
  claims: oidc.IDToken,
): Promise<Record<string, unknown>> {
  if (claims.email !== undefined || config.serverMetadata().userinfo_endpoint === undefined)
    return claims;
  try {
    return { ...claims, ...(await oidc.fetchUserInfo(config, accessToken, claims.sub)) };
  } catch {
    return claims;
  }
}

/** Whether the provider could not be reached, or does not answer. */
function isAway(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return (
    name === 'TypeError' ||
    name === 'AbortError' ||
    name === 'TimeoutError' ||
    code === 'OAUTH_TIMEOUT'
  );
}

function unreachable({ name }: ProviderSettings, cause: unknown): Problem {
  const problem = new Problem(502, 'provider_unreachable', `${name} can not be reached just now.`);
  problem.cause = cause;
  return problem;
}

function refused({ name }: ProviderSettings, cause?: unknown): Problem {
  const problem = new Problem(
    400,
    'provider_refused',
    `The login at ${name} did not succeed: begin again.`,
  );
  problem.cause = cause;
  return problem;
}
