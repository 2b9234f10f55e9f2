import { PublishCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { countRequests } from '../../../src/lib/aws/request-counts.ts';
import { createStatusReader } from '../../../src/lib/diagnose/status/read-status.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import {
  cleanUpAt,
  newPlace,
  setUpAt,
  subscriber,
  topicOf,
  urlOf,
} from '../../fixtures/topology.ts';

const endpoint = useEndpoint();

const readStatus = (place: Place) => createStatusReader(place, { subscriptionsFor: 0 })();

it('tells that nothing is there', async () => {
  const place = await newPlace(endpoint);

  const { topic, subscribers } = await readStatus(place);

  expect(topic.exists).toBe(false);
  expect(subscribers).toEqual(
    ['email', 'inventory', 'analytics'].map((name) => ({
      name,
      queueUrl: null,
      subscribed: false,
      depth: null,
      inFlight: null,
      delayed: null,
      oldestAgeSeconds: null,
      dlqExists: false,
      dlqDepth: null,
      arrived: null,
      left: null,
      consumers: null,
      functions: null,
    })),
  );
});

it('counts what waits, what is in flight, what is delayed and what is dead', async () => {
  const place = await newPlace(endpoint);
  const { observed } = await setUpAt(place);
  const { queue, dlq } = subscriber(place);
  const QueueUrl = await urlOf(place, queue);
  const message = { TopicArn: topicOf(observed).arn, Message: 'hello' };
  for (let sent = 0; sent < 3; sent++) await place.aws.sns.send(new PublishCommand(message));
  await expect.poll(async () => (await readStatus(place)).subscribers[0]?.depth).toBe(3);
  await place.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
  await place.aws.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 900 }),
  );
  await place.aws.sqs.send(
    new SendMessageCommand({ QueueUrl: await urlOf(place, dlq), MessageBody: 'dead' }),
  );
  const email = topicOf(observed).subscriptions.find(({ endpoint: arn }) => arn.endsWith(queue));
  await place.aws.sns.send(new UnsubscribeCommand({ SubscriptionArn: email?.arn }));

  const { topic, subscribers } = await readStatus(place);

  expect(topic).toEqual({ arn: topicOf(observed).arn, exists: true });
  expect(subscribers[0]).toEqual({
    name: 'email',
    queueUrl: QueueUrl,
    subscribed: false,
    depth: 2,
    inFlight: 1,
    delayed: 1,
    // SQS has no call for it; the embedded engine tells it.
    oldestAgeSeconds: isIndependent ? null : expect.any(Number),
    dlqExists: true,
    dlqDepth: 1,
    arrived: isIndependent ? null : 4,
    left: isIndependent ? null : 0,
    consumers: isIndependent ? null : 1,
    functions: isIndependent ? null : [],
  });
  expect(subscribers[1]).toMatchObject({ subscribed: true, depth: 3, inFlight: 0, dlqDepth: 0 });
  await cleanUpAt(place);
});

it.skipIf(isIndependent)('tells the age of the oldest message, received or not', async () => {
  const place = await newPlace(endpoint);
  await setUpAt(place);
  const QueueUrl = await urlOf(place, subscriber(place).queue);
  await place.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'old' }));
  await place.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const age = async () => (await readStatus(place)).subscribers[0]?.oldestAgeSeconds;

  await expect.poll(age).toBeGreaterThanOrEqual(1);
  expect((await readStatus(place)).subscribers[1]?.oldestAgeSeconds).toBe(0);
  await cleanUpAt(place);
});

it('asks for each queue once a reading, after the first one', async () => {
  const place = await newPlace(endpoint);
  await setUpAt(place);
  // What counts has to be there before a client's first call.
  const aws = await createAws(endpoint.settings);
  const counted = countRequests(aws);
  const read = createStatusReader({ ...place, aws }, { subscriptionsFor: 60_000 });

  const first = await read();
  const afterFirst = counted();
  const second = await read();

  expect(afterFirst).toEqual({
    'sns:ListSubscriptionsByTopic': 1,
    'sqs:GetQueueUrl': 6,
    'sqs:GetQueueAttributes': 6,
  });
  expect(counted()).toEqual({ ...afterFirst, 'sqs:GetQueueAttributes': 12 });
  expect(second).toEqual({ ...first, subscribers: second.subscribers });
  await cleanUpAt(place);
  expect((await read()).subscribers[0]).toMatchObject({ queueUrl: null, depth: null });
  aws.close();
});
