import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createServiceToken } from '../../../../src/lib/platform/service/service-token.ts';
import { type AuthServer, openAuthDatabase, startAuth } from '../auth/auth-server.ts';
import { answer, startTestService, type TestService } from '../gateway/gateway-server.ts';

describe('a secret', () => {
  const SECRETS = ['plus+and+more+plus', 'percent%41%zz%percent', 'blank and : and ünïcödé'];
  let auth: AuthServer;
  beforeAll(async () => {
    const serviceSecrets = SECRETS.map((secret) => `orders=${secret}`).join(',');
    auth = await startAuth(await openAuthDatabase(), { serviceSecrets });
  });
  afterAll(async () => {
    await auth.stop();
    await auth.database.close();
  });

  it.each(SECRETS)('may be %s', async (secret) => {
    const text = await createServiceToken('orders', secret, auth.url)();
    expect(text.split('.')).toHaveLength(3);
    const wrong = createServiceToken('orders', `${secret}!`, auth.url);
    await expect(wrong()).rejects.toThrow('auth answers 401');
  });
});

describe('a token of a service', () => {
  let auth: TestService;
  let given = 0;
  beforeAll(async () => {
    auth = await startTestService();
    auth.answering = (_, response) =>
      answer(response, 200, { access_token: `token-${++given}`, expires_in: 300 });
  });
  afterAll(() => auth.stop());
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is replaced 30 s before its end, and does until 5 s before it while auth is away', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const began = Date.now();
    const at = (seconds: number) => vi.setSystemTime(began + seconds * 1000);
    const token = createServiceToken('orders', 'secret', auth.url);
    expect(await token()).toBe('token-1');
    at(269.999);
    expect(await token()).toBe('token-1');
    expect(auth.seen).toHaveLength(1);
    auth.answering = (_, response) => answer(response, 503, {});
    at(270);
    expect(await token()).toBe('token-1');
    expect(auth.seen).toHaveLength(2);
    await auth.down();
    at(294.999);
    expect(await token()).toBe('token-1');
    at(295);
    await expect(token()).rejects.toThrow('No service token could be had');
    await auth.up();
    auth.answering = (_, response) =>
      answer(response, 200, { access_token: `token-${++given}`, expires_in: 300 });
    expect(await token()).toBe('token-2');
  });
});
