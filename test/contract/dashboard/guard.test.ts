import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SESSION_HEADER } from '../../../src/lib/dashboard/api/session.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { type RawOptions, startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { newPlace, setUpAt, subscriber, urlOf } from '../../fixtures/topology.ts';

describe.skipIf(isIndependent)('who may use the page', () => {
  const endpoint = useEndpoint();
  let place: Place;
  let page: TestDashboard;
  beforeAll(async () => {
    place = await newPlace(endpoint);
    await setUpAt(place);
    page = await startDashboard(place, endpoint);
  });
  afterAll(() => page.stop());

  const api = (path: string): string => `/_pubsub/ui/api/${path}`;
  const own = (): Record<string, string> => ({ [SESSION_HEADER]: page.token });
  const status = async (path: string, options?: RawOptions): Promise<number> =>
    (await page.raw(path, options)).status;

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.evil.example:PORT',
    'localhost.evil.example:PORT',
    'evil.example:PORT',
    '0.0.0.0:PORT',
    '127.0.0.2:PORT',
    '127.0.0.1:PORT@evil.example',
  ])('is nobody by another name: %s', async (host) => {
    const Host = host.replace('PORT', String(page.port));
    const answer = await page.raw(api('overview'), { headers: { ...own(), Host } });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text).error.code).toBe('ForeignRequest');
    expect(await status('/_pubsub/ui/', { headers: { Host } })).toBe(403);
  });

  it.each(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT'])(
    'is reached as %s',
    async (host) => {
      const Host = host.replace('PORT', String(page.port));
      expect(await status(api('session'), { headers: { Host } })).toBe(200);
    },
  );

  it.each([
    ['Origin', 'http://evil.example'],
    ['Origin', 'null'],
    ['Origin', 'http://127.0.0.1:1'],
    ['Origin', 'https://127.0.0.1:PORT'],
    ['Origin', 'http://localhost:PORT'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
  ])('answers no other page: %s %s', async (name, value) => {
    const headers = { ...own(), [name]: value.replace('PORT', String(page.port)) };
    expect(await status(api('overview'), { headers })).toBe(403);
    expect(await status(api('mails'), { headers })).toBe(403);
    expect(await status(api('session'), { headers })).toBe(403);
    expect(await status(api('stream'), { headers })).toBe(403);
    const post = { method: 'POST', headers, body: '{"dryRun":false}' };
    expect(await status(api('doctor/fix'), post)).toBe(403);
    expect(await status(api('overview'), { method: 'OPTIONS', headers })).toBe(403);
  });

  it('shows itself to who follows a link, and no more', async () => {
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    expect(await status('/_pubsub/ui', { headers: link })).toBe(302);
    expect(await status(api('overview'), { headers: { ...own(), ...link } })).toBe(403);
    const post = { method: 'POST', headers: { ...own(), ...link }, body: '{}' };
    expect(await status(api('publish'), post)).toBe(403);
  });

  it('allows no other origin to read it', async () => {
    const origin = { Origin: `http://127.0.0.1:${page.port}` };
    const { status: code, headers } = await page.raw(api('session'), { headers: origin });
    expect(code).toBe(200);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['', 'wrong', 'TOKEN ', 'TOKENx', 'token'])(
    'needs its token, and not "%s"',
    async (given) => {
      const value = given.replace('TOKEN', page.token).replace('token', page.token.toLowerCase());
      const headers = given === 'TOKEN ' ? own() : { [SESSION_HEADER]: value };
      const expected = given === 'TOKEN ' ? 200 : 401;
      expect(await status(api('overview'), { headers })).toBe(expected);
      expect(await status(api('stream'), { headers: { [SESSION_HEADER]: `${value}.` } })).toBe(401);
    },
  );

  it('takes no token from a query string, a cookie or a bearer', async () => {
    const { token } = page;
    expect(await status(api(`overview?session=${token}`))).toBe(401);
    expect(await status(api('overview'), { headers: { Cookie: `session=${token}` } })).toBe(401);
    const bearer = { Authorization: `Bearer ${token}` };
    expect(await status(api('overview'), { headers: bearer })).toBe(401);
    const twice = await page.raw(api('session'), {
      headers: { [SESSION_HEADER]: `${token}, ${token}` },
    });
    expect(JSON.parse(twice.text)).toMatchObject({ authorized: false });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'reads no body of type "%s", which a form could send',
    async (type) => {
      const headers = { ...own(), ...(type && { 'Content-Type': type }) };
      const post = { method: 'POST', headers, body: '{"dryRun":true}' };
      expect(await status(api('doctor/fix'), post)).toBe(415);
    },
  );

  it.each(['[]', 'null', '"x"', '{', '', '7'])('reads no body %s', async (body) => {
    const headers = { ...own(), 'Content-Type': 'application/json' };
    expect(await status(api('doctor/fix'), { method: 'POST', headers, body })).toBe(400);
  });

  it('bounds what it reads', async () => {
    const headers = { ...own(), 'Content-Type': 'application/json' };
    const body = `{"type":"${'x'.repeat(6 * 1024 * 1024)}"}`;
    const code = await status(api('explain'), { method: 'POST', headers, body }).catch(() => 413);
    expect(code).toBe(413);
  });

  it('sends headers that let nothing in and nothing out', async () => {
    for (const path of ['/_pubsub/ui/', api('session'), api('nothing'), '/_pubsub/ui', '/etc']) {
      const { headers } = await page.raw(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  it.each([
    '/_pubsub/ui/../../package.json',
    '/_pubsub/ui/..%2f..%2fpackage.json',
    '/_pubsub/ui/%2e%2e/%2e%2e/package.json',
    '/_pubsub/ui/..\\..\\package.json',
    '/_pubsub/ui//etc/passwd.txt',
    '/_pubsub/ui/index.html%00.js',
    '/package.json',
  ])('gives no file but its own: %s', async (path) => {
    expect(await status(path)).toBe(404);
  });

  it.each(['queues/%E0%A4%A/messages', 'messages/%', 'node/', 'queues//messages', 'nothing'])(
    'is not confused by %s',
    async (path) => {
      expect([400, 404]).toContain(await status(api(path), { headers: own() }));
    },
  );

  it('answers GET and POST where they belong, and no other method', async () => {
    const headers = { ...own(), 'Content-Type': 'application/json' };
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      expect(await status(api('overview'), { method, headers })).toBe(405);
    }
    expect(await status(api('publish'), { headers })).toBe(405);
    expect(await status(api('overview'), { method: 'POST', headers, body: '{}' })).toBe(405);
    expect(await status(api('stream'), { method: 'POST', headers, body: '{}' })).toBe(405);
    expect(await status('/_pubsub/ui/', { method: 'POST', headers, body: '{}' })).toBe(405);
  });

  it('changes nothing where it may not, and says what would let it', async () => {
    const reader = await startDashboard(place, endpoint, {
      writesAllowed: false,
      command: 'pubsub ui --target aws --allow-writes',
    });
    try {
      const { queue } = subscriber(place);
      const url = await urlOf(place, queue);
      await place.aws.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'kept' }));
      const attempts: [string, object][] = [
        [`queues/${queue}/purge`, { confirm: queue }],
        [`queues/${queue}/delete`, { confirm: queue, text: 'kept' }],
        [`queues/${subscriber(place).dlq}/redrive`, {}],
        ['publish', { type: 'order.created', data: '{}' }],
      ];
      for (const [path, body] of attempts) {
        const refused = await reader.ask<{ error: object }>(path, { ...body, dryRun: false }, 403);
        expect(refused.error).toEqual({
          code: 'WritesNotAllowed',
          message: 'This page may change nothing here.',
          hint: 'Start it with: pubsub ui --target aws --allow-writes',
        });
        await reader.ask(path, { ...body, dryRun: true });
      }
      const { Attributes } = await place.aws.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
    } finally {
      await reader.stop();
    }
  });

  it('lets readers in without a token where the engine serves it, and nobody change anything', async () => {
    const open = await startDashboard(place, endpoint, { readsNeedToken: false });
    try {
      const post = (path: string, body: object) => {
        const headers = { 'Content-Type': 'application/json' };
        return open.raw(api(path), { method: 'POST', headers, body: JSON.stringify(body) });
      };
      expect((await open.raw(api('overview'))).status).toBe(200);
      expect((await open.raw(api('doctor'))).status).toBe(200);
      expect((await post('explain', { type: 'order.created', data: '{}' })).status).toBe(200);
      const { queue } = subscriber(place);
      for (const path of [
        'publish',
        'doctor/fix',
        `queues/${queue}/purge`,
        `queues/${queue}/delete`,
        `queues/${queue}/redrive`,
        `queues/${queue}/resend`,
      ]) {
        expect((await post(path, { dryRun: true })).status).toBe(401);
      }
    } finally {
      await open.stop();
    }
  });
});
