import { afterAll, beforeAll, expect, it } from 'vitest';
import { onOneDatabase } from '../../../fixtures/database-kinds.ts';
import { type AuthServer, openAuthDatabase, startAuth } from './auth-server.ts';

const DAY_MS = 24 * 3600 * 1000;
const ADA = { email: 'ada@example.com', password: 'correct horse battery' };

onOneDatabase((kind) => {
  let auth: AuthServer;
  let now = Date.now();
  beforeAll(async () => {
    auth = await startAuth(await openAuthDatabase(kind), { now: () => now });
    await auth.send('POST', '/auth/register', { ...ADA, name: 'Ada' });
  });
  afterAll(async () => {
    await auth.stop();
    await auth.database.close();
  });
  const logIn = async () => (await auth.send('POST', '/auth/login', ADA)).body;
  const refresh = (token: unknown) => auth.send('POST', '/auth/refresh', { refresh_token: token });

  it('gives a new token for each refresh', async () => {
    let { refresh_token: token, user } = await logIn();
    const seen = new Set([token]);
    for (let i = 0; i < 3; i++) {
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      expect(body.user).toEqual(user);
      expect(body.access_token.split('.')).toHaveLength(3);
      token = body.refresh_token;
      seen.add(token);
    }
    expect(seen.size).toBe(4);
  });

  it('ends the session when a token is used twice', async () => {
    const { refresh_token: first } = await logIn();
    const { refresh_token: other } = await logIn();
    const second = (await refresh(first)).body.refresh_token;
    const reused = await refresh(first);
    expect(reused.status).toBe(401);
    expect(reused.text).toContain('refresh_token_reused');
    // The newest one is gone with it; another session of the same person isn't.
    expect((await refresh(second)).status).toBe(401);
    expect((await refresh(other)).status).toBe(200);
  });

  it('ends it too when the two come at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { refresh_token: token } = await logIn();
      const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(token)));
      const won = answers.filter(({ status }) => status === 200);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
      expect((await refresh(won[0]?.body.refresh_token)).status).toBe(401);
    }
  });

  it('logs out, also with a token that was used, and says nothing of others', async () => {
    const { refresh_token: first } = await logIn();
    const second = (await refresh(first)).body.refresh_token;
    const out = await auth.send('POST', '/auth/logout', { refresh_token: first });
    expect([out.status, out.text]).toEqual([204, '']);
    expect((await refresh(second)).status).toBe(401);
    const unknown = await auth.send('POST', '/auth/logout', { refresh_token: 'unknown' });
    expect(unknown.status).toBe(204);
  });

  it('takes a token until its last moment, and a session for its days', async () => {
    const start = now;
    let { refresh_token: token } = await logIn();
    now = start + 7 * DAY_MS - 1;
    token = (await refresh(token)).body.refresh_token;
    now += 7 * DAY_MS;
    expect((await refresh(token)).status).toBe(401);

    now = start;
    ({ refresh_token: token } = await logIn());
    for (let day = 6; day < 30; day += 6) {
      now = start + day * DAY_MS;
      token = (await refresh(token)).body.refresh_token;
    }
    now = start + 30 * DAY_MS - 1;
    token = (await refresh(token)).body.refresh_token;
    now = start + 30 * DAY_MS;
    expect((await refresh(token)).status).toBe(401);
    now = start;
  });

  it.each(['', 'unknown', 'x'.repeat(201), null, 7, ['a'], '\0', "' or 1=1 --"])(
    'refuses %j',
    async (token) => {
      expect([401, 422]).toContain((await refresh(token)).status);
      expect(auth.failures).toEqual([]);
    },
  );

  it('gives the roles of now', async () => {
    const { refresh_token: token, user } = await logIn();
    await auth.database.query(`update accounts set roles = '{admin,user}' where id = ${user.id}`);
    const { body } = await refresh(token);
    expect(body.user.roles).toEqual(['admin', 'user']);
    const claims = Buffer.from(body.access_token.split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(claims).roles).toEqual(['admin', 'user']);
  });
});
