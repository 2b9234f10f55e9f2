import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Consumed,
  createPublisher,
  createSubscriber,
  type DefinedTopology,
  defineTopology,
  type EventFormat,
  type PubsubEvent,
  setUpTopology,
} from '../../../src/index.ts';
import { findQueueUrl } from '../../../src/lib/aws/queues.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy } from '../../fixtures/proxy.ts';

const endpoint = useEndpoint();

// A subscriber keeps the reasons of its failures in the state folder.
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-library-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

interface WeatherEvents {
  'weather.changed': { city: string; celsius: number };
  'time.changed': { hour: number };
}

const schema = { type: 'object', required: ['city'], properties: { celsius: { type: 'number' } } };

async function weather(): Promise<DefinedTopology<WeatherEvents>> {
  const topology = defineTopology<WeatherEvents>({
    name: 'weather',
    prefix: uniquePrefix(),
    subscribers: { display: {} },
    events: { 'weather.changed': { version: 2, schema } },
  });
  await setUpTopology(topology, { endpointUrl: endpoint.url });
  return topology;
}

/** A subscriber that keeps what came. */
function watch(topology: DefinedTopology<WeatherEvents>, retryDelay?: number) {
  const messages: Consumed<PubsubEvent>[] = [];
  const subscriber = createSubscriber({
    topology,
    name: 'display',
    endpointUrl: endpoint.url,
    waitSeconds: 1,
    onMessage: (message) => messages.push(message),
    ...(retryDelay === undefined ? {} : { retryDelay }),
  });
  return { subscriber, messages };
}

async function send(topology: DefinedTopology<WeatherEvents>, body: object): Promise<void> {
  const QueueUrl = await findQueueUrl(endpoint.aws, topology.subscribers[0]?.queue ?? '');
  const MessageBody = JSON.stringify(body);
  await endpoint.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

describe('a topology', () => {
  it('is set up once', async () => {
    const topology = await weather();
    expect(await setUpTopology(topology, { endpointUrl: endpoint.url })).toEqual({ changes: 0 });
  });
});

describe('publisher and subscriber', () => {
  it.each<EventFormat>(['pubsub', 'cloudevents'])('exchange typed events as %s', async (format) => {
    const topology = await weather();
    const { subscriber } = watch(topology);
    const seen: unknown[] = [];
    subscriber
      .on('weather.changed', ({ data, event_version }) => seen.push([data.city, event_version]))
      .on('time.changed', ({ data, event_version }, { attributes }) => {
        seen.push([data.hour, event_version, attributes.event_type?.value]);
      });
    await subscriber.start();
    const publisher = createPublisher({ topology, format, endpointUrl: endpoint.url });
    const published = await Promise.all([
      publisher.publish('weather.changed', { city: 'Oslo', celsius: -3.5 }),
      publisher.publish('time.changed', { hour: 9 }),
    ]);
    expect(published.every(({ messageId }) => messageId)).toBe(true);
    await vi.waitFor(() => expect(seen).toHaveLength(2), 60_000);
    expect(seen).toContainEqual(['Oslo', 2]);
    expect(seen).toContainEqual([9, 1, 'time.changed']);
    await publisher.close();
    expect(await subscriber.stop()).toMatchObject({ end: 'stopped', deleted: 2 });
    await expect(publisher.publish('time.changed', { hour: 1 })).rejects.toMatchObject({
      code: 'Closed',
    });
  });

  it('lets hundreds of events share requests', async () => {
    const topology = await weather();
    const proxy = await startProxy(endpoint.url);
    const publisher = createPublisher({ topology, endpointUrl: proxy.url });
    const hours = Array.from({ length: 300 }, (_, hour) => hour);
    const published = await Promise.all(
      hours.map((hour) => publisher.publish('time.changed', { hour })),
    );
    expect(new Set(published.map(({ messageId }) => messageId)).size).toBe(300);
    expect(proxy.counts.get('PublishBatch')).toBe(30);
    for (const hour of [1, 2, 3]) await publisher.publish('time.changed', { hour });
    expect(proxy.counts.get('PublishBatch')).toBe(33);
    await publisher.close();
    await proxy.close();
  });
});

describe('data that its schema refuses', () => {
  it('is not published', async () => {
    const topology = await weather();
    const publisher = createPublisher({ topology, endpointUrl: endpoint.url });
    const bad = { celsius: 'warm' } as never;
    await expect(publisher.publish('weather.changed', bad)).rejects.toMatchObject({
      code: 'InvalidEvent',
      message: expect.stringContaining("data must have required property 'city'"),
    });
    await publisher.close();
  });

  it('is invalid when it is received, and so is what is not an event; another version has no schema', async () => {
    const topology = await weather();
    const base = { event_type: 'weather.changed', timestamp: '2026-01-01T00:00:00Z', data: {} };
    await send(topology, { ...base, event_id: 'bad', event_version: 2 });
    await send(topology, { ...base, event_id: 'other', event_version: 1 });
    await send(topology, { specversion: '1.0', id: 'x', type: 'time.changed', data: {} });
    const { subscriber, messages } = watch(topology);
    subscriber.on('*', () => {});
    await subscriber.start();
    await vi.waitFor(() => expect(messages).toHaveLength(3), 60_000);
    expect((await subscriber.stop()).outcomes).toMatchObject({ handled: 1, invalid: 2 });
    expect(messages.map(({ reason = '' }) => reason).sort()).toEqual([
      '',
      "This is not an event: data must have required property 'city'.",
      'This is not an event: source is missing.',
    ]);
  });
});

describe('a subscriber', () => {
  it('fails events that it has no handler for, and never deletes them', async () => {
    const topology = await weather();
    const { subscriber, messages } = watch(topology);
    await send(topology, { event_id: 'a', event_type: 'rain', timestamp: '2026-01-01', data: 1 });
    await subscriber.start();
    await vi.waitFor(() => expect(messages).toHaveLength(1), 60_000);
    expect(await subscriber.stop()).toMatchObject({ outcomes: { failed: 1 }, deleted: 0 });
    expect(messages[0]?.reason).toBe('There is no handler for "rain".');
  });

  it.each([
    { abort: false, outcomes: { handled: 1 }, deleted: 1 },
    { abort: true, outcomes: { failed: 1 }, deleted: 0 },
  ])('finishes what runs when it stops, unless abort: $abort', async ({ abort, ...end }) => {
    const topology = await weather();
    await send(topology, { event_id: 'a', event_type: 'rain', timestamp: '2026-01-01', data: 1 });
    const { subscriber } = watch(topology, 0);
    const begun = new Promise<AbortSignal>((resolve) => {
      subscriber.on('*', async (_, { signal }) => {
        resolve(signal);
        await sleep(abort ? 20_000 : 100, undefined, { ref: false });
      });
    });
    await subscriber.start();
    const signal = await begun;
    expect(await subscriber.stop({ abort })).toMatchObject(end);
    expect(signal.aborted).toBe(abort);
  });

  it('does not start again after it was stopped, and says so', async () => {
    const topology = await weather();
    const { subscriber } = watch(topology);
    await expect(subscriber.stop()).rejects.toMatchObject({ code: 'NotStarted' });
    await subscriber.start();
    await subscriber.start();
    // As `process.once('SIGTERM', subscriber.stop)` calls it.
    const onSignal: (signal: never) => unknown = subscriber.stop;
    await onSignal('SIGTERM' as never);
    await expect(subscriber.start()).rejects.toMatchObject({
      code: 'Stopped',
      hint: 'Create another with createSubscriber.',
    });
  });

  it('says which queue is missing, and starts once it is there', async () => {
    const topology = defineTopology({ name: uniquePrefix(), subscribers: { display: {} } });
    const subscriber = createSubscriber({ topology, name: 'display', endpointUrl: endpoint.url });
    await expect(subscriber.start()).rejects.toMatchObject({ code: 'QueueNotFound' });
    await setUpTopology(topology, { endpointUrl: endpoint.url });
    await subscriber.start();
    await subscriber.stop();
    expect(() => createSubscriber({ topology, name: 'displya' })).toThrow('Did you mean "display"');
    expect(() => createSubscriber({ name: 'display' })).toThrow('No queue is configured.');
  });
});

describe('a publisher without a topic', () => {
  it('throws, or logs what it would have sent where that was asked for', async () => {
    expect(() => createPublisher({ topicArn: '' })).toThrow('No topic is configured.');
    const lines: string[] = [];
    const log = (line: string): unknown => lines.push(line);
    const publisher = createPublisher<WeatherEvents>({ ifUnconfigured: 'log', log });
    const { messageId } = await publisher.publish('time.changed', { hour: 9 });
    expect(messageId).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('"data":{"hour":9}')]);
    await publisher.close();
  });

  it('says which topic is missing', async () => {
    const topology = defineTopology({ name: uniquePrefix(), subscribers: {} });
    const publisher = createPublisher({ topology, endpointUrl: endpoint.url });
    await expect(publisher.publish('a', 1)).rejects.toMatchObject({ code: 'TopicNotFound' });
    await publisher.close();
  });
});
