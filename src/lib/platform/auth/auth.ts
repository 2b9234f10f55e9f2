import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../../database/database.ts';
import type { ApiRoute } from '../../http/api.ts';
import type { Caller } from '../service/caller.ts';
import type { Counters } from '../service/limits/counters.ts';
import { createAccessTokens } from './access-token.ts';
import { adminRoutes } from './admin-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { addFirstAdmin } from './first-admin.ts';
import { keyRoutes } from './key-routes.ts';
import { createLoginLimits, LOGIN_LIMITS, type LoginLimitOptions } from './login-limits.ts';
import { oauthRoutes } from './oauth/oauth-routes.ts';
import { createProviderClient } from './oauth/provider-client.ts';
import type { ProviderSettings } from './oauth/providers.ts';
import type { ScryptCost } from './password.ts';
import { createPasswordChecks } from './password-checks.ts';
import { readServiceClients } from './service-clients.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import { createSigningKeys } from './signing-keys.ts';
import { tokenRoute } from './token-route.ts';

export interface AuthOptions {
  /** With the tables of `AUTH_MIGRATIONS`. */
  readonly database: Database;
  readonly counters: Counters;
  readonly authenticate: (headers: IncomingHttpHeaders) => Promise<Caller>;
  /** Where people reach the platform, without a slash at its end: `https://shop.example.com`. */
  readonly publicUrl: string;
  /** `orders=<secret>,…`: the services that get tokens. */
  readonly serviceSecrets: string;
  readonly providers?: readonly ProviderSettings[];
  /** Told each time an event was put into the outbox. */
  readonly onEvent?: () => void;
  /** `LOGIN_LIMITS` unless given. */
  readonly limits?: LoginLimitOptions;
  /** Of new password hashes; what OWASP recommends unless given. */
  readonly passwordCost?: ScryptCost;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What the service consists of. */
export interface Auth {
  readonly routes: readonly ApiRoute[];
  readonly sessions: SessionStore;
  /**
   * Makes sure of an account with the role `admin`, where both are given. One that has the address already stays as it is.
   * @throws AppError `InvalidAdmin` (exit 2) where address or password can't be those of an account
   */
  addAdmin(email: string | undefined, password: string | undefined): Promise<void>;
}

/** Puts the parts of the service together. */
export function createAuth(options: AuthOptions): Auth {
  const {
    database,
    counters,
    authenticate,
    publicUrl,
    now = Date.now,
    onEvent = () => {},
  } = options;
  const keys = createSigningKeys(database, now);
  const tokens = createAccessTokens(keys, now);
  const sessions = createSessionStore(database, now);
  const providers = new Map(
    (options.providers ?? []).map((provider) => [
      provider.name,
      createProviderClient(provider, `${publicUrl}/api/v1/auth/oauth/${provider.name}/callback`),
    ]),
  );
  const passwords = createPasswordChecks(options.passwordCost);
  const routes = [
    ...authRoutes({
      database,
      passwords,
      limits: createLoginLimits(counters, options.limits ?? LOGIN_LIMITS),
      sessions,
      tokens,
      onEvent,
    }),
    tokenRoute(readServiceClients(options.serviceSecrets), tokens),
    ...keyRoutes(keys, publicUrl),
    ...oauthRoutes({ database, sessions, tokens, providers, publicUrl, onEvent, now }),
    ...adminRoutes({ database, keys, authenticate }),
  ];
  return {
    routes,
    sessions,
    addAdmin: async (email, password) => {
      if (!email || !password) return;
      if (await addFirstAdmin({ database, passwords }, email, password)) onEvent();
    },
  };
}

/** Lets a server read forms, as OAuth sends them; a field that stands twice becomes a list. */
export function readForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, body: string) => {
      const form = new URLSearchParams(body);
      return Object.fromEntries(
        [...new Set(form.keys())].map((name) => {
          const values = form.getAll(name);
          return [name, values.length === 1 ? values[0] : values];
        }),
      );
    },
  );
}
