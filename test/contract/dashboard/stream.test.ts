import { request } from 'node:http';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine.ts';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { identify } from '../../../src/lib/aws/identity.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import type { MessagePage } from '../../../src/lib/dashboard/api/messages.ts';
import type { Overview } from '../../../src/lib/dashboard/api/overview.ts';
import { openDashboard } from '../../../src/lib/dashboard/open-dashboard.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { newPlace, setUpAt, subscriber, topicName, urlOf } from '../../fixtures/topology.ts';

const BATCHES = 100;

describe.skipIf(isIndependent)('what happens, as it happens', () => {
  const endpoint = useEndpoint();
  let place: Place;
  let page: TestDashboard;
  beforeAll(async () => {
    place = await newPlace(endpoint);
    await setUpAt(place);
    page = await startDashboard(place, endpoint);
  });
  afterAll(() => page.stop());

  const topic = (of: Place = place): string =>
    `arn:aws:sns:us-east-1:${of.identity.account}:${topicName(of)}`;
  async function publish(body: object, of: Place = place): Promise<string> {
    const input = { TopicArn: topic(of), Message: JSON.stringify(body) };
    const { MessageId = '' } = await of.aws.sns.send(new PublishCommand(input));
    return MessageId;
  }
  async function flood(of: Place, batches = BATCHES): Promise<void> {
    const send = (batch: number) =>
      of.aws.sns.send(
        new PublishBatchCommand({
          TopicArn: topic(of),
          PublishBatchRequestEntries: Array.from({ length: 10 }, (_each, at) => ({
            Id: String(at),
            Message: `{"n":${batch * 10 + at}}`,
          })),
        }),
      );
    for (let batch = 0; batch < batches; batch += 10) {
      await Promise.all(Array.from({ length: 10 }, (_each, at) => send(batch + at)));
    }
  }

  it('tells messages, edges and figures, and what becomes of a message', async () => {
    const stream = page.listen();
    await expect.poll(() => stream.of('frame').length).toBeGreaterThan(0);
    expect(stream.of('state')).toMatchObject([{ state: 'connected', reason: null }]);
    const id = await publish({ order_id: 1 });
    const rows = () => stream.of('frame').flatMap(({ messages }) => messages);
    const row = () => rows().findLast((each) => each.id === id);
    await expect.poll(() => row()?.branches.length).toBe(3);
    expect(row()).toMatchObject({ complete: true, preview: { text: '{"order_id":1}' } });
    const { queue } = subscriber(place);
    const url = await urlOf(place, queue);
    const { Messages: [message] = [] } = await place.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url }),
    );
    const ofEmail = () => row()?.branches.find((branch) => branch.queue === queue);
    await expect.poll(ofEmail).toMatchObject({ outcome: 'hidden', receives: 1 });
    const handle = { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle };
    await place.aws.sqs.send(new DeleteMessageCommand(handle));
    await expect.poll(ofEmail).toMatchObject({ outcome: 'handled' });
    const { edges } = await page.ask<Overview>('overview');
    const ways = edges.filter(({ from }) => from === topic()).map((edge) => edge.id);
    const passed = stream.of('frame').flatMap(({ edges: all }) => all);
    expect(new Set(passed.map((edge) => edge.id))).toEqual(new Set(ways));
    const told = stream.of('frame').flatMap(({ events }) => events);
    expect(told.filter(({ messageId }) => messageId === id).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['published', 'delivered', 'received', 'deleted']),
    );
    const depths = () => stream.of('frame').flatMap(({ nodes }) => nodes);
    const other = `arn:aws:sqs:us-east-1:${place.identity.account}:${subscriber(place, 'inventory').queue}`;
    await expect.poll(() => depths().findLast((each) => each.id === other)?.depth).toBe(1);
    stream.close();
  });

  it('goes on where a tab left off', async () => {
    const first = page.listen();
    await expect.poll(() => first.of('frame').length).toBeGreaterThan(0);
    const last = first.events.findLast(({ id }) => id !== undefined)?.id ?? '';
    first.close();
    const missed = [await publish({ missed: 1 }), await publish({ missed: 2 })];
    const known = async () => (await page.ask<MessagePage>('messages?where=missed%3E0')).messages;
    await expect.poll(async () => (await known()).length).toBe(2);
    const again = page.listen({ 'Last-Event-ID': last });
    const ids = () => again.of('frame').flatMap(({ messages }) => messages.map(({ id }) => id));
    await expect.poll(ids).toEqual(expect.arrayContaining(missed));
    const fresh = page.listen({ 'Last-Event-ID': 'other-log:3' });
    await expect.poll(() => fresh.of('frame').length).toBeGreaterThan(0);
    expect(fresh.of('frame')[0]?.messages).toEqual([]);
    again.close();
    fresh.close();
  });

  it('says that the wiring changed', async () => {
    const stream = page.listen();
    await expect.poll(() => stream.of('frame').length).toBeGreaterThan(0);
    await setUpAt({ ...place, topology: ordersTopology('changed') });
    await expect.poll(() => stream.of('changed').length).toBeGreaterThan(0);
    stream.close();
  });

  it('holds up nobody for a tab that reads nothing', async () => {
    const headers = { 'X-Pubsub-Session': page.token };
    const path = '/_pubsub/ui/api/stream';
    const answered = new Promise<void>((resolve) => {
      const call = request({ host: '127.0.0.1', port: page.port, path, headers }, (answer) => {
        answer.pause();
        resolve();
        closing.push(() => answer.destroy());
      });
      call.on('error', () => undefined);
      call.end();
    });
    await answered;
    const reader = page.listen();
    await flood(place);
    const seen = () => reader.of('frame').reduce((sum, { events }) => sum + events.length, 0);
    const skipped = () => reader.of('frame').reduce((sum, frame) => sum + frame.skipped, 0);
    await expect.poll(() => seen() + skipped()).toBeGreaterThanOrEqual(BATCHES * 10 * 4);
    for (const { messages, events } of reader.of('frame')) {
      expect(messages.length).toBeLessThanOrEqual(200);
      expect(events.length).toBeLessThanOrEqual(200);
    }
    reader.close();
  });
  const closing: (() => void)[] = [];
  afterAll(() => {
    for (const close of closing) close();
  });

  it('reads no topology that was read just now', async () => {
    let reads = 0;
    const topology = () => {
      reads += 1;
      return Promise.resolve(place.topology);
    };
    const commands = { pubsub: () => '', fix: () => '' };
    const access = { token: 't', readsNeedToken: false, writesAllowed: false };
    const { live, stop } = await openDashboard(
      { ...place, topology, stateDir: '', commands },
      { ...access, command: '', version: 'test' },
      { port: 0, known: place.topology, onBug: () => undefined },
    );
    await live.graph();
    expect(reads).toBe(0);
    await stop();
  });

  it('takes no more tabs than its bound, also of those that come at once', async () => {
    const crowd = await startDashboard(place, endpoint);
    const headers = { 'X-Pubsub-Session': crowd.token };
    const path = '/_pubsub/ui/api/stream';
    const open = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const call = request({ host: '127.0.0.1', port: crowd.port, path, headers, agent: false });
        call.on('response', (answer) => resolve(answer.statusCode ?? 0)).on('error', reject);
        call.end();
      });
    const found = await Promise.all(Array.from({ length: 40 }, open));
    expect(found.filter((status) => status === 200)).toHaveLength(32);
    expect(found.filter((status) => status === 503)).toHaveLength(8);
    await crowd.stop();
  });

  it('asks again for texts that the engine did not tell', async () => {
    const proxy = await startProxy(endpoint.url);
    const unanswered = new Set<string>();
    proxy.rule = ({ path }) => {
      if (!path.startsWith('/_pubsub/history') || unanswered.size === 3) return undefined;
      unanswered.add(`${path} ${unanswered.size}`);
      return { status: 503, error: 'Busy' };
    };
    const late = await startDashboard({ ...place, aws: proxy.aws }, endpoint);
    try {
      const id = await publish({ late: 1 });
      const row = async () =>
        (await late.ask<MessagePage>('messages')).messages.find((each) => each.id === id);
      await expect.poll(async () => (await row())?.preview?.text).toBe('{"late":1}');
      expect(unanswered.size).toBe(3);
    } finally {
      await late.stop();
      await proxy.close();
    }
  });

  it('finds the engine again that was started anew, and forgets what was before', async () => {
    const first = await startEngine();
    const settings = await resolveSettings(
      { endpointUrl: first.endpoint, region: 'us-east-1' },
      {},
      '/',
    );
    const aws = await createAws(settings);
    const there = { aws, identity: await identify(aws), topology: ordersTopology('again') };
    await setUpAt(there);
    const moved = await startDashboard(there, { settings });
    const stream = moved.listen();
    const before = await publish({ order_id: 1 }, there);
    const rows = () => stream.of('frame').flatMap(({ messages }) => messages.map(({ id }) => id));
    await expect.poll(rows).toContain(before);
    await first.stop();
    await expect.poll(() => stream.of('state').at(-1)).toMatchObject({ state: 'gone' });
    await moved.ask('overview', undefined, 503);
    const second = await startEngine({ port: first.port });
    try {
      await expect.poll(() => stream.of('state').at(-1)).toMatchObject({ state: 'connected' });
      const instances = stream.of('state').map(({ instance }) => instance);
      expect(instances.at(-1)).not.toBe(instances[0]);
      await setUpAt(there);
      const after = await publish({ order_id: 2 }, there);
      await expect.poll(rows).toContain(after);
      const { messages } = await moved.ask<MessagePage>('messages');
      expect(messages.map(({ id }) => id)).toEqual([after]);
    } finally {
      stream.close();
      await moved.stop();
      aws.close();
      await second.stop();
    }
  });

  it('answers within its bounds, whatever happened before', async () => {
    const many = await newPlace(endpoint);
    await setUpAt(many);
    await flood(many, 500);
    const reader = await startDashboard(many, endpoint);
    try {
      const list = (query: string) => reader.ask<MessagePage>(`messages?${query}`);
      const { messages, next } = await list('limit=500');
      expect(messages).toHaveLength(500);
      const older = await list(`limit=500&before=${next}`);
      expect(older.messages[0]?.time).toBeLessThanOrEqual(messages.at(-1)?.time ?? 0);
      // One answer looks at so many; the page looks on from there.
      const none = await list('where=n%3D-1');
      expect(none.messages).toEqual([]);
      expect(none.next).not.toBeNull();
      const text = await reader.raw('/_pubsub/ui/api/overview', {
        headers: { 'X-Pubsub-Session': reader.token },
      });
      expect(text.text.length).toBeLessThan(100_000);
    } finally {
      await reader.stop();
    }
  });
});
