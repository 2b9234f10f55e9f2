import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublishCommand, SetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepComparison } from '../../../src/lib/compare/last-comparison.ts';
import { keepReason } from '../../../src/lib/consume/failure-reasons.ts';
import type { ComparisonView } from '../../../src/lib/dashboard/api/comparison.ts';
import type { DoctorView, FixView } from '../../../src/lib/dashboard/api/doctor.ts';
import type { MessageDetail, MessagePage } from '../../../src/lib/dashboard/api/messages.ts';
import type { NodeDetail } from '../../../src/lib/dashboard/api/node.ts';
import type { Overview } from '../../../src/lib/dashboard/api/overview.ts';
import type {
  EventCatalogue,
  ExplainView,
  PublishView,
} from '../../../src/lib/dashboard/api/publish.ts';
import type { ActionResult, QueueMessages } from '../../../src/lib/dashboard/api/queues.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { ordersComparison } from '../../fixtures/comparison.ts';
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import {
  newPlace,
  setAttributes,
  setUpAt,
  subscriber,
  topicName,
  urlOf,
} from '../../fixtures/topology.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-page-'));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

/** What people put into messages that a page must never take for its own. */
const HOSTILE = '<img src=x onerror=alert(1)>\u001b[31m\u202e\u0000"\n</script>';

describe.skipIf(isIndependent)("the page's API", () => {
  const endpoint = useEndpoint();
  let place: Place;
  let page: TestDashboard;
  beforeAll(async () => {
    place = await newPlace(endpoint);
    await setUpAt(place);
    page = await startDashboard(place, endpoint, { stateDir });
  });
  afterAll(() => page.stop());

  const arnOf = (service: string, name: string): string =>
    `arn:aws:${service}:us-east-1:${place.identity.account}:${name}`;
  async function publish(
    body: object | string,
    type = 'order.created',
    given: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const attributes = Object.entries({ event_type: type, ...given });
    const { MessageId = '' } = await place.aws.sns.send(
      new PublishCommand({
        TopicArn: arnOf('sns', topicName(place)),
        Message: typeof body === 'string' ? body : JSON.stringify(body),
        MessageAttributes: Object.fromEntries(
          attributes.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
        ),
      }),
    );
    return MessageId;
  }
  async function receive(queue: string, hideSeconds = 0): Promise<string[]> {
    const { Messages = [] } = await place.aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: await urlOf(place, queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hideSeconds,
        WaitTimeSeconds: 0,
      }),
    );
    return Messages.map(({ MessageId = '' }) => MessageId);
  }
  /** Receives until everything has gone to the dead-letter queue. */
  async function kill(name: string): Promise<void> {
    const { queue } = subscriber(place, name);
    await expect.poll(() => receive(queue)).toEqual([]);
  }
  const empty = async (name: string): Promise<void> => {
    const { queue, dlq } = subscriber(place, name);
    for (const each of [queue, dlq]) {
      await page.ask(`queues/${each}/purge`, { dryRun: false, confirm: each });
    }
  };
  const edgeTo = async (name: string) => {
    const { queue } = subscriber(place, name);
    const { edges } = await page.ask<Overview>('overview');
    return edges.find(({ kind, to }) => kind === 'subscription' && to === arnOf('sqs', queue));
  };

  it('shows the last comparison of styles, once there is one', async () => {
    expect(await page.ask('comparison')).toEqual({ comparison: null });
    keepComparison(stateDir, ordersComparison(2));
    const { comparison } = await page.ask<ComparisonView>('comparison');
    expect(comparison?.styles.map(({ name, missing }) => [name, missing])).toEqual([
      ['serverless', 0],
      ['hybrid', 0],
      ['ecs', 2],
    ]);
    expect(comparison?.parts.map(({ title }) => title)).toEqual([
      'Computed, for AWS',
      'Measured, 10 orders',
    ]);
    const rows = comparison?.parts.flatMap((part) => part.rows);
    const valuesOf = (name: string) => rows?.find(({ label }) => label === name)?.values;
    expect(valuesOf('a month, 1,000 events')).toEqual([
      { shown: '$1.00', share: 0.02 },
      { shown: '$1.00', share: 0.02 },
      { shown: '$50.00', share: 1 },
    ]);
    const none = { shown: '–', share: null };
    expect(valuesOf('first request')).toEqual([none, none, { shown: '12 ms', share: 1 }]);
  });

  it('tells the session what it may do', async () => {
    expect(await page.ask('session')).toEqual({
      authorized: true,
      readsNeedToken: true,
      writesAllowed: true,
      command: 'pubsub ui',
      version: 'test',
    });
  });

  it('draws what is there, with figures', async () => {
    const { target, nodes, edges, topology } = await page.ask<Overview>('overview');
    expect(target).toMatchObject({ kind: 'endpoint', region: 'us-east-1', limits: [] });
    expect(target.knows).toEqual({ history: true, age: true, receivers: true, peek: true });
    expect(topology).toEqual({ name: 'orders', managed: true });
    const own = nodes.filter(({ name }) => name.startsWith(place.topology.prefix));
    expect(own.map(({ kind }) => kind).sort()).toEqual([
      ...Array(3).fill('dead-letter-queue'),
      ...Array(3).fill('queue'),
      'topic',
    ]);
    const { queue, dlq } = subscriber(place);
    expect(own.find(({ name }) => name === queue)).toMatchObject({
      id: arnOf('sqs', queue),
      subscriber: 'email',
      missing: false,
      owner: { kind: 'pubsub', words: 'orders' },
      figures: { depth: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0, receivers: 0 },
    });
    expect(edges).toContainEqual(
      expect.objectContaining({
        kind: 'redrive',
        from: arnOf('sqs', queue),
        to: arnOf('sqs', dlq),
        maxReceiveCount: 3,
      }),
    );
    expect(await edgeTo('email')).toMatchObject({ state: 'delivering', reason: null, fix: null });
  });

  it('says which edge refuses, by what, and what mends it; and mends it', async () => {
    const { queue } = subscriber(place, 'inventory');
    await setAttributes(place, queue, { Policy: '' });
    await expect.poll(() => edgeTo('inventory')).toMatchObject({ state: 'refusing' });
    const refusing = await edgeTo('inventory');
    expect(refusing?.fix).toBe('pubsub setup');
    expect(refusing?.reason).toContain('policy');
    const sick = await page.ask<DoctorView>('doctor');
    expect(sick).toMatchObject({ ok: false, fixable: true, command: 'pubsub doctor' });
    expect(sick.findings[0]).toMatchObject({ id: 'queue-policy', subject: 'inventory' });
    expect(sick.subjects.find(({ subject }) => subject === 'inventory')?.verdict).toBe('fail');
    const shown = await page.ask<FixView>('doctor/fix', { dryRun: true });
    expect(shown).toMatchObject({ dryRun: true, command: 'pubsub doctor --fix' });
    expect(shown.changes).toHaveLength(1);
    expect((await page.ask<DoctorView>('doctor')).ok).toBe(false);
    const made = await page.ask<FixView>('doctor/fix', { dryRun: false });
    expect(made.changes).toEqual(shown.changes);
    expect((await page.ask<DoctorView>('doctor')).ok).toBe(true);
    expect(await edgeTo('inventory')).toMatchObject({ state: 'delivering' });
  });

  it('says which edge filters everything', async () => {
    const edge = await edgeTo('analytics');
    const filter = (value: string) =>
      place.aws.sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: edge?.id,
          AttributeName: 'FilterPolicy',
          AttributeValue: value,
        }),
      );
    await filter('{"event_type":["nothing.at.all"]}');
    await expect
      .poll(() => edgeTo('analytics'))
      .toMatchObject({
        state: 'filtering',
        filter: { policy: '{"event_type":["nothing.at.all"]}', scope: 'MessageAttributes' },
      });
    const explained = await page.ask<ExplainView>('explain', { type: 'order.created', data: '' });
    const analytics = explained.verdicts.find(({ subscriber: name }) => name === 'analytics');
    expect(analytics).toMatchObject({ delivered: false, filtered: true });
    expect(analytics?.obstacles[0]).toMatchObject({
      by: 'filter policy',
      clause: '{"event_type":["nothing.at.all"]}',
    });
    const id = await publish({ order_id: 1 });
    const { branches, trace } = await page.ask<MessageDetail>(`messages/${id}`);
    expect(trace).toBeNull();
    const branch = branches.find(({ subscriber: name }) => name === 'analytics');
    expect(branch?.outcome).toBe('filtered');
    expect(branch?.steps[0]?.words).toContain('nothing.at.all');
    await page.ask('doctor/fix', { dryRun: false });
    expect(await edgeTo('analytics')).toMatchObject({ state: 'delivering', filter: null });
  });

  it('shows the trace that a message carries', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const id = await publish({ order_id: 1 }, 'order.created', { traceparent });
    const { trace } = await page.ask<MessageDetail>(`messages/${id}`);
    expect(trace).toMatchObject({ traceId });
    const [accept, deliver] = trace?.spans ?? [];
    expect(accept).toMatchObject({ depth: 0, isLinked: false, service: 'pubsub-engine' });
    expect(deliver).toMatchObject({ depth: 1, name: expect.stringContaining('deliver to') });
    expect(deliver?.attributes).toContainEqual({
      name: 'messaging.destination.name',
      value: deliver?.name.slice('deliver to '.length),
    });
  });

  it('pages through what was published, and pages stay where they are', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 25; number += 1) ids.push(await publish({ page: number }));
    const list = (query: string) => page.ask<MessagePage>(`messages?where=page%3E%3D0&${query}`);
    await expect.poll(async () => (await list('limit=25')).messages.length).toBe(25);
    const first = await list('limit=10');
    expect(first.messages.map(({ id }) => id)).toEqual(ids.slice(15).reverse());
    await publish({ page: 100 });
    const second = await list(`limit=10&before=${first.next}`);
    expect(second.messages.map(({ id }) => id)).toEqual(ids.slice(5, 15).reverse());
    const third = await list(`limit=10&before=${second.next}`);
    expect(third.messages.map(({ id }) => id)).toEqual(ids.slice(0, 5).reverse());
    expect(third.next).toBeNull();
    const gone = await list('before=another-log:7');
    expect(gone).toMatchObject({ messages: [], next: null });
    expect(gone.remarks[0]).toContain('started or reset');
    await page.ask('messages?before=7', undefined, 400);
  });

  it('filters by type, field, subscriber, outcome and words', async () => {
    const [a, b] = [await publish({ n: 7.5, who: 'ann' }, 'x.a'), await publish({ n: 8 }, 'x.b')];
    const ids = async (query: string): Promise<string[]> =>
      (await page.ask<MessagePage>(`messages?${query}`)).messages.map(({ id }) => id);
    await expect.poll(() => ids('type=x.*')).toEqual([b, a]);
    expect(await ids('type=x.a')).toEqual([a]);
    expect(await ids('type=*.b')).toEqual([b]);
    expect(await ids('type=x')).toEqual([]);
    expect(await ids('where=n%3D7.5')).toEqual([a]);
    expect(await ids('where=n%3E7&where=n%3C8')).toEqual([a]);
    expect(await ids('text=ANN')).toEqual([a]);
    expect(await ids(`text=${b}`)).toEqual([b]);
    expect(await ids('type=x.*&subscriber=email&outcome=waiting')).toEqual([b, a]);
    expect(await ids('type=x.*&outcome=dead')).toEqual([]);
    expect(await ids(`type=x.*&topic=${topicName(place)}`)).toEqual([b, a]);
    expect(await ids('type=x.*&topic=other')).toEqual([]);
    for (const wrong of ['where=nothing', 'outcome=lost', 'limit=501', 'limit=0', 'limit=x']) {
      await page.ask(`messages?${wrong}`, undefined, 400);
    }
  });

  it('tells a dead letter: its way, why it died, and sends it back', async () => {
    await empty('email');
    const { queue, dlq } = subscriber(place);
    const id = await publish({ event_id: 'dead-1', order_id: 5 });
    const [inQueue = ''] = await receive(queue);
    keepReason(stateDir, {
      queue,
      messageId: inQueue,
      eventId: 'dead-1',
      outcome: 'failed',
      reason: `no stock ${HOSTILE}`,
      receiveCount: 1,
      time: new Date().toISOString(),
    });
    await kill('email');
    const { branches, body, attributes, command, source } = await page.ask<MessageDetail>(
      `messages/${id}`,
    );
    expect({ source, command }).toEqual({ source: 'engine', command: `pubsub trace ${id}` });
    expect(body?.text).toBe('{"event_id":"dead-1","order_id":5}');
    expect(attributes).toEqual([{ name: 'event_type', type: 'String', value: 'order.created' }]);
    const branch = branches.find(({ subscriber: name }) => name === 'email');
    expect(branch).toMatchObject({ outcome: 'dead', deadLetterQueue: dlq });
    expect(branch?.steps.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['delivered', 'received', 'failed', 'visible', 'dead-lettered']),
    );
    const look = await page.ask<QueueMessages>(`queues/${dlq}/messages`);
    expect(look).toMatchObject({ how: 'peek', visible: 1, deadLettersOf: [queue] });
    expect(look.command).toBe('pubsub dlq show email');
    expect(look.messages[0]).toMatchObject({
      messageId: inQueue,
      eventId: 'dead-1',
      origin: queue,
      receiveCount: 3,
      reasons: [{ receiveCount: 1, reason: `no stock ${HOSTILE}` }],
    });
    const planned = await page.ask<ActionResult>(`queues/${dlq}/redrive`, { dryRun: true });
    expect(planned).toMatchObject({ count: 1, done: 0, command: 'pubsub dlq redrive email' });
    const other = { ids: ['nobody'], dryRun: false };
    expect(await page.ask(`queues/${dlq}/redrive`, other)).toMatchObject({ count: 0, done: 0 });
    const back = { ids: ['dead-1'], dryRun: false };
    expect(await page.ask(`queues/${dlq}/redrive`, back)).toMatchObject({
      count: 1,
      done: 1,
      command: 'pubsub dlq redrive email --id dead-1',
      words: `1 dead letter sent back to ${queue}.`,
    });
    expect((await page.ask<QueueMessages>(`queues/${dlq}/messages`)).messages).toEqual([]);
    expect((await page.ask<QueueMessages>(`queues/${queue}/messages`)).messages).toHaveLength(1);
    await page.ask(`queues/${queue}/redrive`, { dryRun: true }, 400);
  });

  it('looks into a queue without receiving, whatever is in it', async () => {
    await empty('email');
    const { queue } = subscriber(place);
    const long = 'x'.repeat(200_000);
    await publish(HOSTILE.replace('\u0000', ''));
    await publish(long);
    for (let look = 0; look < 5; look += 1) {
      const { messages } = await page.ask<QueueMessages>(`queues/${queue}/messages`);
      expect(messages.map(({ receiveCount }) => receiveCount)).toEqual([0, 0]);
      expect(messages[0]?.text).toMatchObject({ text: HOSTILE.replace('\u0000', ''), cut: false });
      expect(messages[1]?.text).toMatchObject({ bytes: 200_000, cut: true });
      expect(messages[1]?.text.text).toHaveLength(64 * 1024);
    }
    const { messages } = await page.ask<QueueMessages>(`queues/${queue}/messages?limit=1`);
    expect(messages).toHaveLength(1);
    await page.ask(`queues/${queue}/messages?limit=1001`, undefined, 400);
    await page.ask('queues/no-such-queue/messages', undefined, 404);
  });

  it('answers within its bounds for a queue of the largest messages', async () => {
    await empty('email');
    const { queue } = subscriber(place);
    const url = await urlOf(place, queue);
    // Every character takes two in JSON.
    const body = '"'.repeat(1024 * 1024);
    for (let n = 0; n < 9; n += 1)
      await place.aws.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    const look = await page.ask<QueueMessages>(`queues/${queue}/messages?limit=1000`);
    expect(look).toMatchObject({ how: 'peek', visible: 9 });
    expect(look.messages).toHaveLength(4);
  });

  it('shows what was sent to a queue without a topic for as long as it lies there', async () => {
    await empty('email');
    const { queue, dlq } = subscriber(place);
    const QueueUrl = await urlOf(place, queue);
    const { MessageId: id } = await place.aws.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: '{"sent":1}',
        MessageAttributes: { n: { DataType: 'Number', StringValue: '7' } },
      }),
    );
    const detail = () => page.ask<MessageDetail>(`messages/${id}`);
    const content = {
      topicArn: null,
      body: { text: '{"sent":1}' },
      attributes: [{ name: 'n', type: 'Number', value: '7' }],
    };
    expect(await detail()).toMatchObject(content);
    await kill('email');
    expect(await detail()).toMatchObject({ ...content, branches: [{ deadLetterQueue: dlq }] });
    await page.ask(`queues/${dlq}/purge`, { dryRun: false, confirm: dlq });
    expect((await detail()).body).toBeNull();
  });

  it('deletes what is selected, and everything only when its name is typed', async () => {
    await empty('email');
    const { queue } = subscriber(place);
    for (const n of [1, 2, 3]) await publish({ n });
    const ask = (path: string, body: object, status?: number) =>
      page.ask<ActionResult>(`queues/${queue}/${path}`, body, status);
    await ask('delete', { dryRun: true }, 400);
    await ask('delete', { where: ['n=2'] }, 400);
    await ask('delete', { where: ['n=2'], dryRun: 'no' }, 400);
    const plan = await ask('delete', { where: ['n=2'], dryRun: true });
    expect(plan).toMatchObject({ count: 1, done: 0, account: place.identity.account });
    expect(plan.words).toContain('counts towards the 3');
    await ask('delete', { where: ['n=2'], dryRun: false }, 400);
    await ask('delete', { where: ['n=2'], dryRun: false, confirm: `${queue} ` }, 400);
    const done = await ask('delete', { where: ['n=2'], dryRun: false, confirm: queue });
    expect(done).toMatchObject({ count: 1, done: 1, failures: [] });
    const { messages } = await page.ask<QueueMessages>(`queues/${queue}/messages`);
    expect(messages.map(({ text }) => text.text).sort()).toEqual(['{"n":1}', '{"n":3}']);
    await ask('purge', { dryRun: false }, 400);
    expect(await ask('purge', { dryRun: true })).toMatchObject({ count: 2 });
    expect(await ask('purge', { dryRun: false, confirm: queue })).toMatchObject({ done: 2 });
    expect((await page.ask<QueueMessages>(`queues/${queue}/messages`)).messages).toEqual([]);
    const { dlq } = subscriber(place);
    const drop = await page.ask<ActionResult>(`queues/${dlq}/purge`, { dryRun: true });
    expect(drop.command).toBe('pubsub dlq purge email --yes');
  });

  it('sends an edited message as a new one, in its envelope', async () => {
    await empty('email');
    const { queue, dlq } = subscriber(place);
    await publish({ total: 'wrong' });
    await kill('email');
    const [dead] = (await page.ask<QueueMessages>(`queues/${dlq}/messages`)).messages;
    const request = {
      messageId: dead?.messageId,
      remove: true,
      text: `{"total":29.90,"note":"it's ${HOSTILE.slice(0, 20)}"}`,
      attributes: [{ name: 'event_type', type: 'String', value: 'order.updated' }],
    };
    const path = `queues/${dlq}/resend`;
    const plan = await page.ask<ActionResult>(path, { ...request, dryRun: true });
    expect(plan.command).toMatch(
      /^printf '%s\\n' '\{"body":.* \| pubsub dlq import email --file - && pubsub dlq purge email --id \S+ --yes$/s,
    );
    expect((await page.ask<QueueMessages>(`queues/${queue}/messages`)).messages).toEqual([]);
    expect(await page.ask(path, { ...request, dryRun: false })).toMatchObject({ done: 1 });
    const { messages } = await page.ask<QueueMessages>(`queues/${queue}/messages`);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      text: { text: request.text },
      eventType: 'order.updated',
      attributes: request.attributes,
    });
    const envelope = JSON.parse(messages[0]?.envelope?.text ?? '{}');
    expect(envelope).toMatchObject({ Type: 'Notification', Message: request.text });
    expect(envelope).not.toHaveProperty('Signature');
    expect((await page.ask<QueueMessages>(`queues/${dlq}/messages`)).messages).toEqual([]);
    await page.ask(path, { ...request, dryRun: false }, 404);
    const bad = { ...request, messageId: messages[0]?.messageId, dryRun: true };
    await page.ask(`queues/${queue}/resend`, { ...bad, text: '' }, 400);
    const attributes = [{ name: 'n', type: 'Number', value: 'x' }];
    await page.ask(`queues/${queue}/resend`, { ...bad, attributes }, 400);
  });

  it('publishes what the catalogue knows, to the letter', async () => {
    const { events, topics } = await page.ask<EventCatalogue>('events');
    expect(topics).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(['order.created', 'order.updated']);
    expect(JSON.parse(events[0]?.sample ?? '')).toMatchObject({ status: 'pending' });
    const request = {
      type: 'order.created',
      data: '{"order_id": 77, "total": 10.50}',
      attributes: [{ name: 'tier', type: 'String', value: "gold's" }],
    };
    const plan = await page.ask<PublishView>('publish', { ...request, dryRun: true });
    expect(plan).toMatchObject({ messageId: null });
    expect(plan.command).toBe(
      `pubsub publish order.created --data '{"order_id": 77, "total": 10.50}' --attribute 'tier=gold'\\''s'`,
    );
    const done = await page.ask<PublishView>('publish', { ...request, dryRun: false });
    const detail = await page.ask<MessageDetail>(`messages/${done.messageId}`);
    expect(detail.body?.text).toContain('"total":10.50');
    expect(detail.attributes).toContainEqual(request.attributes[0]);
    await page.ask('publish', { ...request, type: 'order.create', dryRun: false }, 400);
    await page.ask('publish', { ...request, data: '{"total":"x"}', dryRun: false }, 400);
    await page.ask('publish', { ...request, data: '[]', dryRun: false }, 400);
    await page.ask('publish', request, 400);
    await page.ask('explain', { type: 'order.created', data: '{' }, 400);
  });

  it('tells all of a node, and draws what is missing', async () => {
    const { queue, dlq } = subscriber(place, 'analytics');
    const at = (id: string) => page.ask<NodeDetail>(`node/${encodeURIComponent(id)}`);
    const detail = await at(arnOf('sqs', queue));
    expect(detail.tags).toContainEqual({ name: 'managed-by', value: 'pubsub' });
    expect(JSON.parse(detail.policy ?? '{}')).toHaveProperty('Statement');
    expect(detail.attributes).toContainEqual({ name: 'VisibilityTimeout', value: '30' });
    expect(detail.commands.map(({ command }) => command)).toContain('pubsub listen analytics');
    expect((await at(arnOf('sns', topicName(place)))).attributes.length).toBeGreaterThan(2);
    await page.ask('node/arn:aws:sqs:nowhere', undefined, 404);
    await place.aws.sqs.send(new DeleteQueueCommand({ QueueUrl: await urlOf(place, dlq) }));
    const missing = async () =>
      (await page.ask<Overview>('overview')).nodes.find(({ name }) => name === dlq);
    await expect.poll(missing).toMatchObject({ missing: true, subscriber: 'analytics' });
    const { edges } = await page.ask<Overview>('overview');
    expect(edges.find(({ to }) => to === arnOf('sqs', dlq))).toMatchObject({
      kind: 'redrive',
      state: 'missing',
      fix: 'pubsub setup',
    });
    expect((await at(arnOf('sqs', dlq))).remarks[0]).toContain('pubsub setup');
  });
});
