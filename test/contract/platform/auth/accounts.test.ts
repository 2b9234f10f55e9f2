import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPasswordOf } from '../../../../src/lib/platform/auth/password.ts';
import { type AuthServer, CHEAP, openAuthDatabase, startAuth } from './auth-server.ts';

let auth: AuthServer;
beforeAll(async () => {
  auth = await startAuth(await openAuthDatabase('pglite'));
});
afterAll(async () => {
  await auth.stop();
  await auth.database.close();
});

const ADA = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' };
const login = (email = ADA.email, password = ADA.password) =>
  auth.send('POST', '/auth/login', { email, password });

describe('registration', () => {
  it('makes an account, and its event in the same transaction', async () => {
    const made = await auth.send('POST', '/auth/register', ADA);
    expect(made.status).toBe(201);
    expect(made.body).toEqual({ email: ADA.email, name: ADA.name });
    const [event] = await auth.events();
    const { user } = (await login()).body;
    expect(event?.order_id).toBe(String(user.id));
    expect(JSON.parse(event?.payload ?? '')).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      event_type: 'user.registered',
      user_id: user.id,
      email: ADA.email,
      name: ADA.name,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const { rows } = await auth.database.query<{ password_hash: string }>(
      'select password_hash from accounts',
    );
    expect(rows[0]?.password_hash).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
    expect(await isPasswordOf(ADA.password, rows[0]?.password_hash ?? '')).toBe(true);
  });

  it('answers the same for an address that has an account, and changes nothing of it', async () => {
    const first = await auth.send('POST', '/auth/register', { ...ADA, email: 'eve@example.com' });
    const events = await auth.events();
    const again = await auth.send('POST', '/auth/register', {
      email: ' EVE@Example.COM ',
      password: 'another password',
      name: 'Ada',
    });
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect([...again.headers.keys()]).toEqual([...first.headers.keys()]);
    expect(await auth.events()).toEqual(events);
    expect((await login('eve@example.com', 'another password')).status).toBe(401);
    expect((await login('eve@example.com')).status).toBe(200);
  });

  it('makes one account of two that come at once', async () => {
    const twin = { ...ADA, email: 'twin@example.com' };
    const made = await Promise.all([1, 2, 3].map(() => auth.send('POST', '/auth/register', twin)));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    const events = await auth.events();
    expect(events.filter(({ payload }) => payload.includes(twin.email))).toHaveLength(1);
  });

  it.each([
    ['email', { email: 'nobody' }],
    ['email', { email: 'a@b' }],
    ['email', { email: 'a\0@example.com' }],
    ['email', { email: 7 }],
    ['email', { email: `${'a'.repeat(65)}@example.com` }],
    ['password', { password: 'seven77' }],
    ['password', { password: 'x'.repeat(129) }],
    ['password', { password: ['correct horse battery'] }],
    ['name', { name: ' ' }],
    ['name', { name: 'a\0b' }],
    ['name', { name: '\ud800' }],
    ['name', { name: 'n'.repeat(101) }],
    ['roles', { roles: ['admin'] }],
  ])('refuses a wrong %s: %j', async (field, wrong) => {
    const refused = await auth.send('POST', '/auth/register', { ...ADA, ...wrong });
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.errors)).toEqual([field]);
  });

  it('takes the longest and the shortest that may be', async () => {
    for (const [email, password, name] of [
      [`${'a'.repeat(64)}@example.com`, 'x'.repeat(128), 'n'.repeat(100)],
      ['b@example.com', 'eight888', 'n'],
      ['c+tag@bücher.example', '📦'.repeat(8), '名前'],
    ] as const) {
      const made = await auth.send('POST', '/auth/register', { email, password, name });
      expect([email, made.status]).toEqual([email, 201]);
      expect((await login(email, password)).status).toBe(200);
    }
    expect((await login('C+TAG@xn--bcher-kva.example', '📦'.repeat(8))).status).toBe(200);
  });
});

describe('login', () => {
  it('gives an ES256 token that the published key verifies', async () => {
    const { status, body, headers } = await login();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.expires_in).toBe(600);
    const [head = '', payload = '', signature = ''] = body.access_token.split('.');
    const { alg, kid } = JSON.parse(Buffer.from(head, 'base64url').toString());
    expect(alg).toBe('ES256');
    const { keys } = (await auth.send('GET', '/.well-known/jwks.json')).body;
    const jwk = keys.find((key) => key.kid === kid);
    expect(Object.keys(jwk ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    // Node's own crypto, not the library that signed it.
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const signed = Buffer.from(`${head}.${payload}`);
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).toMatchObject({
      iss: 'pubsub-platform',
      aud: 'pubsub-platform',
      sub: `user:${body.user.id}`,
      roles: ['user'],
      sid: expect.any(String),
      jti: expect.any(String),
    });
    expect(claims.exp - claims.iat).toBe(600);
  });

  it('answers a wrong password and an unknown address the same', async () => {
    const wrong = await login(ADA.email, 'wrong horse battery');
    const unknown = await login('nobody@example.com', 'wrong horse battery');
    expect([wrong.status, wrong.text]).toEqual([401, unknown.text]);
    expect(unknown.status).toBe(401);
  });

  it('takes as long for an unknown address as for a known one', async () => {
    // Hashes that cost enough to be told from everything else.
    const slow = await startAuth(auth.database, { passwordCost: { ln: 14, r: 8, p: 1 } });
    const account = { email: 'slow@example.com', password: 'correct horse', name: 'Slow' };
    await slow.send('POST', '/auth/register', account);
    const cpu = async (email: string): Promise<number> => {
      const before = process.cpuUsage();
      for (let i = 0; i < 4; i++) {
        await slow.send('POST', '/auth/login', { email, password: 'wrong horse' });
      }
      return process.cpuUsage(before).user;
    };
    await cpu('warm@example.com');
    const [known, unknown] = [await cpu(account.email), await cpu('unknown@example.com')];
    await slow.stop();
    // The work, not the clock: without a hash it would be a small part.
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });

  it('takes a password in either form of Unicode', async () => {
    const account = {
      email: 'zoe@example.com',
      password: 'Zoe\u0308 liebt Ba\u0308ren',
      name: 'Zoë',
    };
    await auth.send('POST', '/auth/register', account);
    expect((await login(account.email, 'Zo\u00eb liebt B\u00e4ren')).status).toBe(200);
  });

  it('brings the hash of a password up to a new cost', async () => {
    const account = { email: 'old@example.com', password: 'correct horse', name: 'Old' };
    await auth.send('POST', '/auth/register', account);
    const dearer = await startAuth(auth.database, { passwordCost: { ...CHEAP, ln: 5 } });
    const logIn = () => dearer.send('POST', '/auth/login', { ...account, name: undefined });
    expect([(await logIn()).status, (await logIn()).status]).toEqual([200, 200]);
    await dearer.stop();
    const { rows } = await auth.database.query<{ hash: string }>(
      `select password_hash as hash from accounts where email = '${account.email}'`,
    );
    expect(rows[0]?.hash).toMatch(/^\$scrypt\$ln=5,/);
  });
});

describe('limits', () => {
  const limits = { windowMs: 60_000, perAccount: 3, perAddress: 5, registrations: 2 };
  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('bounds the attempts at one account, also at once, known or not, and from anywhere', async () => {
    let now = Date.now();
    const { createMemoryCounters } = await import(
      '../../../../src/lib/platform/service/limits/counters.ts'
    );
    const server = await startAuth(auth.database, {
      limits: { ...limits, perAddress: 1000 },
      counters: createMemoryCounters(() => now),
    });
    const attempt = (email: string, password: string, address: string) =>
      server.send('POST', '/auth/login', { email, password }, from(address));
    for (const email of [ADA.email, 'unknown@example.com']) {
      const tried = await Promise.all(
        ['1', '2', '3', '4', '5'].map((address) => attempt(email, 'wrong horse', address)),
      );
      expect(tried.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429, 429]);
    }
    const refused = await attempt(ADA.email, ADA.password, '6');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    now += 60_000;
    expect((await attempt(ADA.email, ADA.password, '6')).status).toBe(200);
    await server.stop();
  });

  it('counts what comes from one address, but not logins that were right', async () => {
    const server = await startAuth(auth.database, { limits });
    const attempt = (email: string, password: string, address: string) =>
      server.send('POST', '/auth/login', { email, password }, from(address));
    for (let i = 0; i < 8; i++) {
      expect((await attempt(ADA.email, ADA.password, '9')).status).toBe(200);
    }
    for (let i = 0; i < 5; i++) {
      expect((await attempt(`${i}@example.com`, 'wrong horse', '9')).status).toBe(401);
    }
    expect((await attempt(ADA.email, ADA.password, '9')).status).toBe(429);
    expect((await attempt(ADA.email, ADA.password, '10')).status).toBe(200);
    await server.stop();
  });

  it('bounds the accounts that one address makes', async () => {
    const server = await startAuth(auth.database, { limits });
    const register = (name: string, address: string) =>
      server.send(
        'POST',
        '/auth/register',
        { ...ADA, email: `${name}@limits.example` },
        from(address),
      );
    const made = [await register('a', '1'), await register('b', '1'), await register('c', '1')];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 429]);
    expect((await register('c', '2')).status).toBe(201);
    await server.stop();
  });
});
