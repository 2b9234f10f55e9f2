import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect, it, vi } from 'vitest';
import { orders } from '../../contract/consume/consumer-queue.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { createPublisher } from '../../fixtures/orders.ts';
import { type RunningProcess, usePubsub } from '../../fixtures/pubsub.ts';
import {
  fanOutAt,
  newPlace,
  setAttributes,
  subscribersOf,
  urlOf,
} from '../../fixtures/topology.ts';

/** `PUBSUB_PROOF_ORDERS=10000` makes it the long one, and prints what it counted. */
const ORDERS = Number(process.env.PUBSUB_PROOF_ORDERS ?? 2000);
const isLong = process.env.PUBSUB_PROOF_ORDERS !== undefined;
/** Milliseconds that a handler takes, so that ten are in hand whenever a listener is killed. */
const HANDLER_MS = isLong ? 10 : 20;
/** Orders that a listener handles between two kills, at the most: all its lives together are half of the work. */
const ORDERS_A_LIFE = 250;
const KILLS_OF_EACH = Math.floor(ORDERS / 2 / ORDERS_A_LIFE);

const endpoint = useEndpoint();
const pubsub = usePubsub();

it(`loses none of ${ORDERS} orders though each listener is killed ${KILLS_OF_EACH} times`, {
  timeout: 600_000,
}, async () => {
  const prefix = uniquePrefix();
  const place = await newPlace(endpoint, prefix);
  const topicArn = await fanOutAt(place);
  const home = pubsub.env.HOME ?? '';
  writeFileSync(
    join(home, 'handler.mjs'),
    `import { appendFileSync } from 'node:fs';
     export default async ({ event_id }, { subscriber }) => {
       await new Promise((done) => setTimeout(done, ${HANDLER_MS}));
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
    topicArn,
  }).publish(events.map((event) => ({ event })));

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
  const wait = { timeout: 500_000, interval: 25 };
  /** Kills a listener whenever it has handled some more, wherever that finds it. */
  const killRepeatedly = async (name: string): Promise<void> => {
    for (let kill = 0; kill < KILLS_OF_EACH; kill++) {
      const enough = handledBy(name).length + 1 + Math.floor(Math.random() * ORDERS_A_LIFE);
      await vi.waitFor(() => expect(handledBy(name).length).toBeGreaterThanOrEqual(enough), wait);
      const victim = running.get(name);
      victim?.child.kill('SIGKILL');
      await victim?.finished;
      running.set(name, listen(name));
    }
  };
  const [publishing] = await Promise.all([
    published,
    ...subscribers.map(({ name }) => killRepeatedly(name)),
  ]);
  expect(publishing).toMatchObject({ published: ORDERS, failed: 0 });
  // What the killed ones had in hand comes to those that live on.
  await vi.waitFor(async () => {
    for (const { url } of subscribers) expect(await left(url)).toBe(0);
  }, wait);
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
    expect(twice).toBeLessThanOrEqual(10 * KILLS_OF_EACH);
  }
});
