import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect, it, vi } from 'vitest';
import { orders } from '../../contract/consume/consumer-queue.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { createPublisher } from '../../fixtures/orders.ts';
import { type RunningProcess, usePubsub } from '../../fixtures/pubsub.ts';
import {
  newPlace,
  setAttributes,
  setUpAt,
  subscribersOf,
  topicOf,
  urlOf,
} from '../../fixtures/topology.ts';

/** `PUBSUB_PROOF_ORDERS=10000` makes it the long one, and prints what it counted. */
const ORDERS = Number(process.env.PUBSUB_PROOF_ORDERS ?? 2000);
const isLong = process.env.PUBSUB_PROOF_ORDERS !== undefined;
/** Milliseconds of a handler: with ten at once, a listener takes a few seconds for all orders. */
const HANDLER = isLong ? 10 : 20;
const KILL_EVERY = 1000;

const endpoint = useEndpoint();
const pubsub = usePubsub();

it(`loses none of ${ORDERS} orders though a listener is killed every second`, {
  timeout: 300_000,
}, async () => {
  const prefix = uniquePrefix();
  const place = await newPlace(endpoint, prefix);
  const { observed } = await setUpAt(place);
  const home = pubsub.env.HOME ?? '';
  writeFileSync(
    join(home, 'handler.mjs'),
    `import { appendFileSync } from 'node:fs';
     export default async ({ event_id }, { subscriber }) => {
       await new Promise((done) => setTimeout(done, ${HANDLER}));
       appendFileSync(${JSON.stringify(join(home, 'handled-by-'))} + subscriber, event_id + '\\n');
     };`,
  );
  const subscribers = await Promise.all(
    subscribersOf(place).map(async ({ name, queue, dlq }) => {
      const { Attributes = {} } = await endpoint.aws.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: await urlOf(place, dlq),
          AttributeNames: ['QueueArn'],
        }),
      );
      const redrive = { deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: 100 };
      await setAttributes(place, queue, {
        VisibilityTimeout: '2',
        RedrivePolicy: JSON.stringify(redrive),
      });
      writeFileSync(join(home, `handled-by-${name}`), '');
      return { name, url: await urlOf(place, queue) };
    }),
  );
  const listen = (name: string): RunningProcess =>
    pubsub.spawn([
      ...['listen', name, '--handler', 'handler.mjs', '--dedupe-store', 'store', '--quiet'],
      ...['--prefix', prefix, '--endpoint-url', endpoint.url],
    ]);
  const running = new Map(subscribers.map(({ name }) => [name, listen(name)]));
  const events = orders(ORDERS);
  const published = createPublisher({
    aws: endpoint.aws,
    topicArn: topicOf(observed).arn,
  }).publish(events.map((event) => ({ event })));

  let kills = 0;
  const done = new AbortController();
  const killing = (async () => {
    while (!done.signal.aborted) {
      await sleep(KILL_EVERY, undefined, { signal: done.signal }).catch(() => {});
      if (done.signal.aborted) return;
      const name = subscribers[kills++ % subscribers.length]?.name ?? '';
      const victim = running.get(name);
      victim?.child.kill('SIGKILL');
      await victim?.finished;
      running.set(name, listen(name));
    }
  })();

  const handledBy = (name: string): string[] =>
    readFileSync(join(home, `handled-by-${name}`), 'utf8')
      .trimEnd()
      .split('\n');
  const left = async (url: string): Promise<number> => {
    const { Attributes = {} } = await endpoint.aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
    return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
  };
  try {
    expect(await published).toMatchObject({ published: ORDERS, failed: 0 });
    // Killed for as long as there is work; what the killed had in hand comes to those that live on.
    const wait = { timeout: 250_000, interval: 100 };
    await vi.waitFor(() => {
      for (const { name } of subscribers) {
        expect(new Set(handledBy(name)).size).toBeGreaterThanOrEqual(ORDERS * 0.98);
      }
    }, wait);
    done.abort();
    await killing;
    await vi.waitFor(async () => {
      for (const { url } of subscribers) expect(await left(url)).toBe(0);
    }, wait);
  } finally {
    done.abort();
    await killing;
  }
  for (const { child } of running.values()) child.kill('SIGTERM');
  const ends = await Promise.all([...running.values()].map(({ finished }) => finished));
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);

  const ids = new Set(events.map(({ event_id }) => event_id));
  for (const { name } of subscribers) {
    const handled = handledBy(name);
    expect(new Set(handled)).toEqual(ids);
    const twice = handled.length - ids.size;
    if (isLong) console.info(`${name}: ${ids.size} orders handled, ${twice} of them twice`);
    // Twice is what its process was killed over between handling and remembering it: ten at once, at the most.
    expect(twice).toBeLessThanOrEqual(10 * Math.ceil(kills / subscribers.length));
  }
  if (isLong) console.info(`${kills} listeners were killed`);
  expect(kills).toBeGreaterThan(1);
});
