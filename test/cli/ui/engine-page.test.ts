import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SESSION_HEADER } from '../../../src/lib/dashboard/api/session.ts';
import type { RunningEngine } from '../../../src/lib/engine/http/server.ts';
import { openStream, rawRequest } from '../../fixtures/dashboard.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

/** Children of this process, by their command lines. */
function children(): string[] {
  const { pid } = process;
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return ids.filter(Boolean).map((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8'));
}

const pages = (): number => children().filter((line) => line.includes('dashboard.js')).length;

describe("the page on the engine's port", () => {
  const pubsub = usePubsub();
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await pubsub.startEngine();
    await pubsub.run(['setup', '--yes']);
  });
  afterAll(() => engine.stop());
  const ask = (path: string, headers: Record<string, string> = {}, body?: object) =>
    rawRequest(engine.port, path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const token = (): string => engine.page?.split('#session=')[1] ?? '';

  it('is started by the first request for it, and by no other', async () => {
    expect(pages()).toBe(0);
    // What SDKs and curl send goes to the services.
    const service = await ask('/', { Accept: '*/*' });
    expect(service.text).toContain('<Code>MissingAction</Code>');
    expect(pages()).toBe(0);
    const browser = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
    const root = await ask('/', browser);
    expect(root).toMatchObject({ status: 302, headers: { location: '/_pubsub/ui/' } });
    const both = await Promise.all([ask('/_pubsub/ui/'), ask('/_pubsub/ui/api/session')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[0]?.headers['content-security-policy']).toContain("default-src 'self'");
    expect(pages()).toBe(1);
  });

  it('shows what is there to readers, and lets change it who has the printed address', async () => {
    const { text } = await ask('/_pubsub/ui/api/overview');
    expect(JSON.parse(text)).toMatchObject({
      target: { kind: 'local' },
      topology: { name: 'orders', managed: true },
    });
    const events = await ask('/_pubsub/ui/api/events');
    expect(events.text).toContain('order.updated');
    const event = { type: 'order.created', data: '{}', dryRun: false };
    const publish = (headers: Record<string, string>) =>
      ask('/_pubsub/ui/api/publish', headers, event);
    expect((await publish({})).status).toBe(401);
    expect((await publish({ [SESSION_HEADER]: 'x'.repeat(22) })).status).toBe(401);
    const done = await publish({ [SESSION_HEADER]: token() });
    expect(JSON.parse(done.text)).toMatchObject({
      messageId: expect.any(String),
      command: "pubsub publish order.created --data '{}'",
    });
  });

  it('lets no other page in, and nobody go around the engine', async () => {
    const own = { [SESSION_HEADER]: token() };
    const foreign: Record<string, string>[] = [
      { Origin: 'http://evil.example' },
      { Origin: `http://localhost:${engine.port}` },
      { Host: 'evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const answer = await ask('/_pubsub/ui/api/overview', { ...own, ...headers });
      expect(answer.status).toBe(403);
    }
    const spoofed = await ask('/_pubsub/ui/api/session', { 'x-pubsub-secret': 'mine' });
    expect(spoofed.status).toBe(200);
  });

  it('passes the stream on, and is started again when its process ended', async () => {
    const stream = openStream(engine.port, {});
    await expect.poll(() => stream.of('frame').length).toBeGreaterThan(0);
    const { pid } = process;
    const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const page = ids.find((id) =>
      readFileSync(join('/proc', id, 'cmdline'), 'utf8').includes('dashboard.js'),
    );
    process.kill(Number(page), 'SIGKILL');
    const again = () => ask('/_pubsub/ui/api/session').then(({ status }) => status);
    await expect.poll(again).toBe(200);
    stream.close();
  });

  it('ends with the engine, streams too', async () => {
    const other = await pubsub.startEngine({ stateDir: join(pubsub.env.HOME, 'other') });
    const ended = new Promise<void>((resolve, reject) => {
      get(`${other.endpoint}/_pubsub/ui/api/stream`, (answer) => {
        answer.resume();
        answer.once('close', () => resolve());
        answer.once('data', () => other.stop().catch(reject));
      }).once('error', reject);
    });
    await ended;
    await expect.poll(pages).toBe(1);
  });

  it('has no address where the engine asks for a token', async () => {
    const guarded = await pubsub.startEngine({
      stateDir: join(pubsub.env.HOME, 'guarded'),
      token: 'secret',
    });
    expect(guarded.page).toBeUndefined();
    expect((await rawRequest(guarded.port, '/_pubsub/ui/')).status).toBe(401);
    await guarded.stop();
  });
});
