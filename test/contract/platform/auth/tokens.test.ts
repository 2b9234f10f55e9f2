import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenCheck } from '../../../../src/lib/platform/service/tokens.ts';
import { type AuthServer, openAuthDatabase, startAuth } from './auth-server.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let auth: AuthServer;
let now = Date.now();
beforeAll(async () => {
  auth = await startAuth(await openAuthDatabase(), { now: () => now });
  await auth.send('POST', '/auth/register', { ...ADA, name: 'Ada' });
});
afterAll(async () => {
  await auth.stop();
  await auth.database.close();
});

const partOf = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString());
const userToken = async () => (await auth.send('POST', '/auth/login', ADA)).body.access_token;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const published = async () => (await auth.send('GET', '/.well-known/jwks.json')).body.keys;

describe('tokens for services', () => {
  const GRANT = 'grant_type=client_credentials';
  const token = (body: unknown, headers?: Record<string, string>) =>
    auth.send('POST', '/oauth/token', body, headers);

  it('are given by HTTP Basic, by a form, and by JSON', async () => {
    const [id, secret] = ['orders', 'secret-of-the-orders'];
    const answers = [
      await token(GRANT, basic(id, secret)),
      await token(`${GRANT}&client_id=${id}&client_secret=${secret}`),
      await token({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, body.expires_in]).toEqual([200, 300]);
      expect(headers.get('cache-control')).toBe('no-store');
      const claims = partOf(body.access_token, 1);
      expect(claims).toMatchObject({ sub: 'service:orders', roles: ['service'] });
      expect(claims.exp - claims.iat).toBe(300);
      expect(claims.sid).toBeUndefined();
    }
  });

  it.each([
    [401, 'invalid_client', GRANT, basic('orders', 'secret-of-the-users')],
    [401, 'invalid_client', GRANT, basic('nobody', 'secret-of-the-orders')],
    [401, 'invalid_client', GRANT, basic('', '')],
    [401, 'invalid_client', GRANT, { authorization: 'Basic !' }],
    [401, 'invalid_client', GRANT, { authorization: 'Bearer x' }],
    [401, 'invalid_client', GRANT, basic('%zz', 'x')],
    [401, 'invalid_client', `${GRANT}&client_id=orders&client_secret=`, undefined],
    [400, 'unsupported_grant_type', 'grant_type=password', basic('orders', 'secret-of-the-orders')],
    [400, 'invalid_request', 'x=1', basic('orders', 'secret-of-the-orders')],
    [400, 'invalid_request', `${GRANT}&${GRANT}`, basic('orders', 'secret-of-the-orders')],
    [400, 'invalid_request', `${GRANT}&client_secret=x`, basic('orders', 'secret-of-the-orders')],
    [400, 'invalid_request', GRANT, undefined],
    [400, 'invalid_request', [], undefined],
    [400, 'invalid_request', { __proto__: { grant_type: 'client_credentials' } }, undefined],
    [400, 'invalid_request', undefined, undefined],
  ])('are refused with %i %s for %j', async (status, error, body, headers) => {
    const refused = await token(body, headers);
    expect([refused.status, refused.body.error]).toEqual([status, error]);
  });
});

describe('keys', () => {
  it('stay published until their tokens have ended', async () => {
    const old = await userToken();
    const { kid: oldKid } = partOf(old, 0);
    expect((await published()).map(({ kid }) => kid)).toEqual([oldKid]);
    await auth.database.query(`update accounts set roles = '{admin,user}'`);
    const admin = await userToken();
    const rotated = await auth.send('POST', '/auth/keys/rotate', undefined, bearer(admin));
    expect(rotated.status).toBe(201);
    const newKid = rotated.body.kid;
    expect((await published()).map(({ kid }) => kid)).toEqual([oldKid, newKid]);
    // Whoever checks tokens has the new key before it signs.
    expect(partOf(await userToken(), 0).kid).toBe(oldKid);
    now += MINUTE_MS;
    const last = await userToken();
    expect(partOf(last, 0).kid).toBe(newKid);
    const tokens = createTokenCheck(auth.url, () => now);
    expect((await tokens.authenticate(bearer(last))).kind).toBe('user');
    // The old key's last token, in its last moment.
    now += 8 * MINUTE_MS;
    expect((await tokens.authenticate(bearer(old))).kind).toBe('user');
    expect((await published()).map(({ kid }) => kid)).toEqual([oldKid, newKid]);
    now += 15 * MINUTE_MS;
    expect((await published()).map(({ kid }) => kid)).toEqual([newKid]);
  });

  it('follow each other by themselves, and the next is published before it signs', async () => {
    const { kid: first } = partOf(await userToken(), 0);
    now += 30 * DAY_MS - 90 * MINUTE_MS;
    const before = (await published()).map(({ kid }) => kid);
    expect(before).toContain(first);
    const seen = new Set<string>([first]);
    for (let minute = 0; minute < 120; minute += 5) {
      now += 5 * MINUTE_MS;
      const kids = (await published()).map(({ kid }) => kid);
      const { kid } = partOf(await userToken(), 0);
      // Never one that was not published five minutes before.
      if (!seen.has(kid)) throw new Error(`${kid} signs at once`);
      for (const each of kids) seen.add(each);
    }
    expect(partOf(await userToken(), 0).kid).not.toBe(first);
    expect((await published()).map(({ kid }) => kid)).not.toContain(first);
  });

  it('are the same for two processes that begin at once', async () => {
    await auth.database.query('delete from signing_keys');
    const [one, other] = await Promise.all(
      [1, 2].map(() => startAuth(auth.database, { now: () => now + 60 * MINUTE_MS })),
    );
    const kids = await Promise.all(
      [one, other].map(async (each) => {
        const { keys } = (await each?.send('GET', '/.well-known/jwks.json'))?.body ?? { keys: [] };
        return keys.map(({ kid }) => kid);
      }),
    );
    expect(kids[0]).toHaveLength(1);
    expect(kids[1]).toEqual(kids[0]);
    await Promise.all([one?.stop(), other?.stop()]);
  });

  it('are never shown with their private part', async () => {
    expect(JSON.stringify(await published())).not.toContain('"d"');
  });
});

describe('roles', () => {
  it('are given by people with the role admin, and by nobody else', async () => {
    const { body } = await auth.send('POST', '/auth/login', ADA);
    const path = `/auth/users/${body.user.id}/roles`;
    const set = (roles: unknown, headers?: Record<string, string>, to = path) =>
      auth.send('PUT', to, { roles }, headers);
    const admin = bearer(body.access_token);
    // Keys that a test before took away behind its back are asked for anew after a while.
    await expect.poll(async () => (await set(['user'], admin)).status).not.toBe(401);
    const given = await set(['user', 'admin'], admin);
    expect([given.status, given.body.roles]).toEqual([200, ['admin', 'user']]);
    expect((await set(['root'], admin)).status).toBe(422);
    expect((await set('admin', admin)).status).toBe(422);
    for (const id of ['0', '999', 'x', '1e3', '99999999999999999999', '-1']) {
      expect((await set(['user'], admin, `/auth/users/${id}/roles`)).status).toBe(404);
    }
    expect((await set(['admin'])).status).toBe(401);
    const eve = { email: 'eve@example.com', password: 'correct horse battery', name: 'Eve' };
    await auth.send('POST', '/auth/register', eve);
    const token = (await auth.send('POST', '/auth/login', { ...eve, name: undefined })).body;
    expect((await set(['admin'], bearer(token.access_token))).status).toBe(403);
    expect((await auth.send('POST', '/auth/keys/rotate')).status).toBe(401);
  });
});
