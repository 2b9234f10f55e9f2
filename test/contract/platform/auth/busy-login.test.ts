import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthServer, openAuthDatabase, startAuth } from './auth-server.ts';

/** As many as are let through, and more than are looked at or wait at once. */
const ATTEMPTS = 22;

let auth: AuthServer;
beforeAll(async () => {
  auth = await startAuth(await openAuthDatabase('pglite'), {
    // Hashes that take their time.
    passwordCost: { ln: 15, r: 8, p: 3 },
    limits: { windowMs: 600_000, perAccount: ATTEMPTS, perAddress: 1_000, registrations: 1_000 },
  });
}, 120_000);
afterAll(async () => {
  await auth.stop();
  await auth.database.close();
});

it('counts no login whose password nobody looked at', { timeout: 60_000 }, async () => {
  const ada = { email: 'ada@example.com', password: 'correct horse' };
  await auth.send('POST', '/auth/register', { ...ada, name: 'Ada' });
  const wrong = { ...ada, password: 'wrong horse' };
  const answers = await Promise.all(
    Array.from({ length: ATTEMPTS }, () => auth.send('POST', '/auth/login', wrong)),
  );
  expect(answers.filter(({ text }) => text.includes('busy')).length).toBeGreaterThan(0);
  expect((await auth.send('POST', '/auth/login', ada)).status).toBe(200);
});
