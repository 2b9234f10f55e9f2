import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProviders } from '../../../../src/lib/platform/auth/oauth/providers.ts';
import { freePort } from '../../../fixtures/postgres.ts';
import { type AuthServer, openAuthDatabase, startAuth } from './auth-server.ts';

/** Who may log in at the provider, by the name typed there. */
const PEOPLE: Readonly<Record<string, Record<string, unknown>>> = {
  ada: { email: 'Ada@Example.com', email_verified: true, name: 'Ada Lovelace' },
  grace: { email: 'grace@example.com', email_verified: true },
  eve: { email: 'ada@example.com', email_verified: false, name: 'Eve' },
};

let auth: AuthServer;
let idp: Server;
let issuer: string;

beforeAll(async () => {
  idp = createServer();
  idp.listen(0, '127.0.0.1');
  await once(idp, 'listening');
  issuer = `http://127.0.0.1:${(idp.address() as AddressInfo).port}`;
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'shop',
        client_secret: 'secret-of-the-shop',
        redirect_uris: [`${publicUrl}/api/v1/auth/oauth/acme/callback`],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...PEOPLE[id] }),
    }),
  });
  idp.on('request', provider.callback());
  const variables = {
    OAUTH_PROVIDERS: 'acme',
    OAUTH_ACME_ISSUER: issuer,
    OAUTH_ACME_CLIENT_ID: 'shop',
    OAUTH_ACME_CLIENT_SECRET: 'secret-of-the-shop',
  };
  auth = await startAuth(await openAuthDatabase(), {
    publicUrl,
    providers: readProviders(variables),
  });
});
afterAll(async () => {
  await auth.stop();
  await auth.database.close();
  idp.closeAllConnections();
  idp.close();
});

const start = async () => {
  const { status, headers } = await auth.send('GET', '/auth/oauth/acme/start');
  const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';');
  return { status, url: new URL(headers.get('location') ?? ''), cookie, all: headers };
};

/** Logs in and agrees at the provider, as a browser does. @returns the query that it sends back */
async function atProvider(from: URL, login: string): Promise<string> {
  const jar = new Map<string, string>();
  const visit = async (url: URL, form?: Record<string, string>) => {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return { text: await answer.text(), location: answer.headers.get('location') };
  };
  let url = from;
  for (let step = 0; step < 12; step++) {
    const page = await visit(url);
    let { location } = page;
    if (location === null) {
      const [, action = ''] = /action="([^"]+)"/.exec(page.text) ?? [];
      const [, prompt = 'login'] = /name="prompt" value="(\w+)"/.exec(page.text) ?? [];
      const password = { login, password: 'any' };
      const sent = await visit(new URL(action, url), {
        prompt,
        ...(prompt === 'login' && password),
      });
      location = sent.location;
    }
    url = new URL(location ?? '', url);
    if (url.pathname.endsWith('/callback')) return url.search;
  }
  throw new Error('The provider does not send back.');
}

const callback = (query: string, cookie: string) =>
  auth.send('GET', `/auth/oauth/acme/callback${query}`, undefined, { cookie });

async function logIn(person: string) {
  const { url, cookie } = await start();
  return callback(await atProvider(url, person), cookie);
}

describe('login at an identity provider', () => {
  it('sends people there with state, nonce and PKCE', async () => {
    const { status, url, cookie, all } = await start();
    expect([status, url.origin]).toEqual([302, issuer]);
    const query = Object.fromEntries(url.searchParams);
    expect(query).toMatchObject({
      ...{ client_id: 'shop', response_type: 'code', scope: 'openid email profile' },
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(cookie).toBe(`pubsub_login=${query.state}`);
    expect(all.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it('makes an account the first time, and finds it again', async () => {
    const first = await logIn('ada');
    expect(first.status).toBe(200);
    expect(first.body.user).toMatchObject({ email: 'ada@example.com', name: 'Ada Lovelace' });
    expect(first.headers.get('set-cookie')).toContain('pubsub_login=; Max-Age=0');
    const again = await logIn('ada');
    expect(again.body.user).toEqual(first.body.user);
    const events = await auth.events();
    expect(events.filter(({ payload }) => payload.includes('ada@example.com'))).toHaveLength(1);
    const { refresh_token } = again.body;
    expect((await auth.send('POST', '/auth/refresh', { refresh_token })).status).toBe(200);
    // It has no password, and so none is right.
    const guess = { email: 'ada@example.com', password: '' };
    expect((await auth.send('POST', '/auth/login', guess)).status).toBe(401);
  });

  it('takes nobody into an account of whose address the provider is not sure', async () => {
    const refused = await logIn('eve');
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('email_unverified'),
    ]);
  });

  it('does not take over an account that has a password', async () => {
    const account = { email: 'grace@example.com', password: 'correct horse', name: 'Grace' };
    await auth.send('POST', '/auth/register', account);
    const refused = await logIn('grace');
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('account_exists'),
    ]);
  });

  it('takes an answer once, from the browser that asked, and no other', async () => {
    const { url, cookie } = await start();
    const query = await atProvider(url, 'ada');
    expect((await callback(query, '')).status).toBe(400);
    expect((await callback(query, `${cookie}x`)).status).toBe(400);
    const other = await start();
    // Another login's state with this one's code: the provider holds the verifier against it.
    const swapped = new URLSearchParams(query);
    swapped.set('state', other.url.searchParams.get('state') ?? '');
    expect((await callback(`?${swapped}`, other.cookie)).status).toBe(400);
    expect((await callback(query, `a=b; ${cookie}; c=d`)).status).toBe(200);
    expect((await callback(query, cookie)).status).toBe(400);
  });

  it('says so when the provider refuses', async () => {
    const { url, cookie } = await start();
    const state = url.searchParams.get('state');
    const refused = await callback(`?error=access_denied&state=${state}&iss=${issuer}`, cookie);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('provider_refused'),
    ]);
  });

  it.each(['', '?state=', '?state=a&state=b', '?code=%00&state=x', `?state=${'x'.repeat(5000)}`])(
    'refuses %s',
    async (query) => {
      expect((await callback(query, 'pubsub_login=x')).status).toBe(400);
      expect((await callback(query, '')).status).toBe(400);
    },
  );

  it('knows no other provider, and stays up while this one is away', async () => {
    expect((await auth.send('GET', '/auth/oauth/other/start')).status).toBe(404);
    expect((await auth.send('GET', '/auth/oauth/__proto__/callback')).status).toBe(404);
    const away = await startAuth(auth.database, {
      providers: readProviders({
        OAUTH_PROVIDERS: 'away',
        OAUTH_AWAY_ISSUER: `http://127.0.0.1:${await freePort()}`,
        OAUTH_AWAY_CLIENT_ID: 'x',
        OAUTH_AWAY_CLIENT_SECRET: 'y',
      }),
    });
    const refused = await away.send('GET', '/auth/oauth/away/start');
    await away.stop();
    expect(refused.status).toBe(502);
  });
});

describe('the providers of the environment', () => {
  const good = {
    OAUTH_PROVIDERS: 'my-id',
    OAUTH_MY_ID_ISSUER: 'https://id.example.com',
    OAUTH_MY_ID_CLIENT_ID: 'a',
    OAUTH_MY_ID_CLIENT_SECRET: 'b',
  };
  it('are read', () => {
    expect(readProviders({})).toEqual([]);
    expect(readProviders(good).map(({ name }) => name)).toEqual(['my-id']);
  });
  it.each([
    { OAUTH_PROVIDERS: 'My ID' },
    { OAUTH_MY_ID_CLIENT_SECRET: '' },
    { OAUTH_MY_ID_ISSUER: 'http://id.example.com' },
    { OAUTH_MY_ID_ISSUER: 'nonsense' },
  ])('are refused in words where one is wrong: %j', (wrong) => {
    expect(() => readProviders({ ...good, ...wrong })).toThrow(/OAUTH_|identity provider/);
  });
});
