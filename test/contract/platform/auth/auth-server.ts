import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Database } from '../../../../src/lib/database/database.ts';
import { openDatabase } from '../../../../src/lib/database/open-database.ts';
import { addRoutes } from '../../../../src/lib/http/add-routes.ts';
import { createApp, listenOn } from '../../../../src/lib/http/app.ts';
import { type AuthOptions, createAuth, readForms } from '../../../../src/lib/platform/auth/auth.ts';
import { AUTH_MIGRATIONS } from '../../../../src/lib/platform/auth/migrations.ts';
import { createMemoryCounters } from '../../../../src/lib/platform/service/limits/counters.ts';
import { openApiDocument } from '../../../../src/lib/platform/service/openapi.ts';
import { createTokenCheck } from '../../../../src/lib/platform/service/tokens.ts';
import { putOrderDatabase } from '../../../fixtures/order-folder.ts';
import { freePort, postgresMissing, startPostgres } from '../../../fixtures/postgres.ts';
import { type Description, describedBy } from '../described.ts';

/** Hashes that cost next to nothing: what they are made of is tested apart. */
export const CHEAP = { ln: 4, r: 8, p: 1 };

export const SECRETS = 'orders=secret-of-the-orders,users=secret-of-the-users';

/** What an answer's body may have: a test knows which it asked for. */
export interface AuthBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly user: { id: number; email: string; name: string; roles: string[] };
  readonly code: string;
  readonly errors: Readonly<Record<string, readonly string[]>>;
  readonly error: string | { readonly code: string };
  readonly keys: readonly { kid: string; [field: string]: unknown }[];
  readonly kid: string;
  readonly roles: readonly string[];
}

export interface AuthAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: AuthBody;
}

/** A service of its own over real HTTP. */
export interface AuthServer {
  readonly url: string;
  readonly database: Database;
  readonly failures: string[];
  events(): Promise<{ event_type: string; payload: string; order_id: string }[]>;
  /** `body` as JSON, a text as a form. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AuthAnswer>;
  stop(): Promise<void>;
}

/** Opens a database with the tables of auth. @param kind a real server where there is one, unless given */
export async function openAuthDatabase(
  kind: Database['kind'] = postgresMissing ? 'pglite' : 'postgres',
): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-auth-'));
  const server = kind === 'postgres' ? await startPostgres() : undefined;
  if (server === undefined) await putOrderDatabase(folder);
  const database = await openDatabase(
    { url: server?.url, folder },
    { migrations: AUTH_MIGRATIONS },
  );
  return {
    ...database,
    close: async () => {
      await database.close();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the service on a database; closing that is the caller's. */
export async function startAuth(
  database: Database,
  options: Partial<AuthOptions> = {},
): Promise<AuthServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const failures: string[] = [];
  const app = createApp({
    bodyLimit: 65_536,
    log: (entry) => entry.kind === 'failure' && failures.push(entry.message),
  });
  const { routes } = createAuth({
    database,
    counters: createMemoryCounters(),
    authenticate: createTokenCheck(url, options.now).authenticate,
    publicUrl: url,
    serviceSecrets: SECRETS,
    passwordCost: CHEAP,
    ...options,
  });
  readForms(app);
  const title = { title: 'auth', version: '1.2.3' };
  const differs = describedBy(openApiDocument(title, routes) as unknown as Description);
  addRoutes(app, routes, undefined);
  const server = await listenOn(app, { host: '127.0.0.1', port });
  return {
    url,
    database,
    failures,
    stop: () => server.stop(),
    events: async () =>
      (
        await database.query<{ event_type: string; payload: string; order_id: string }>(
          'select order_id, event_type, payload from outbox order by id',
        )
      ).rows,
    send: async (method, path, body, headers) => {
      const isForm = typeof body === 'string';
      const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
      const answer = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const { status, headers: got } = answer;
      const read = (text === '' ? {} : JSON.parse(text)) as AuthBody;
      // The problems of this server are of another form than a service's.
      if (status < 400) expect(differs({ method, path, status, body: read })).toBeUndefined();
      return { status, headers: got, text, body: read };
    },
  };
}
