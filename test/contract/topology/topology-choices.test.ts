import { GetSubscriptionAttributesCommand, GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { findSubscription } from '../../../src/lib/topology/observed.ts';
import { planSetup } from '../../../src/lib/topology/setup.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { createPublisher, parseOrderEvent } from '../../fixtures/orders.ts';
import type { TopologyChoices } from '../../fixtures/orders-topology.ts';
import {
  attributesOf,
  cleanUpAt,
  drift,
  newPlace,
  setUpAt,
  subscriber,
  topicOf,
  urlOf,
} from '../../fixtures/topology.ts';

const endpoint = useEndpoint();

const CREATED = '{"event_type":["order.created"]}';
const SHIPPED = '{"order":{"status":["shipped"]}}';

/** The same place with other choices, as after an edit of the project's file. */
function edited(prefix: string, choices: TopologyChoices): Promise<Place> {
  return newPlace(endpoint, prefix, choices);
}

async function subscriptionAttributes(place: Place, name = 'email') {
  const { observed } = await planSetup(place);
  const SubscriptionArn = findSubscription(
    observed,
    subscriber(place, name).queue,
    'order-events',
  )?.arn;
  const { Attributes = {} } = await place.aws.sns.send(
    new GetSubscriptionAttributesCommand({ SubscriptionArn }),
  );
  const { RawMessageDelivery, FilterPolicy = '{}', FilterPolicyScope } = Attributes;
  return {
    raw: RawMessageDelivery ?? 'false',
    policy: JSON.parse(FilterPolicy),
    scope: FilterPolicyScope ?? 'MessageAttributes',
  };
}

/** What a queue hands out at once: event ids and their groups. */
async function receive(place: Place) {
  const { Messages = [] } = await place.aws.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: await urlOf(place, subscriber(place).queue),
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 10,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  );
  return Messages.map(({ Body = '', Attributes }) => {
    const parsed = parseSnsBody(Body);
    const text = parsed.kind === 'envelope' ? parsed.message : parsed.body;
    return { eventId: parseOrderEvent(text).event_id, group: Attributes?.MessageGroupId };
  });
}

describe('filter policies and raw delivery', () => {
  it('are created, stay as they are, change, and go back to their defaults', async () => {
    const prefix = uniquePrefix();
    const first = await edited(prefix, {
      subscribers: { email: { filterPolicy: CREATED, rawDelivery: true }, billing: {} },
    });
    await setUpAt(first);
    expect(await subscriptionAttributes(first)).toEqual({
      raw: 'true',
      policy: JSON.parse(CREATED),
      scope: 'MessageAttributes',
    });
    expect(await drift(first)).toEqual([]);

    const body = await edited(prefix, {
      subscribers: { email: { filterPolicy: SHIPPED, filterPolicyScope: 'MessageBody' } },
    });
    const changes = await drift(body);
    expect(changes.map(({ type, name }) => [type, name])).toEqual([
      ['subscription', `${prefix}-email-service-queue`],
    ]);
    expect(changes[0]?.differences).toEqual([
      { setting: 'RawMessageDelivery', from: 'true', to: 'false' },
      { setting: 'FilterPolicyScope', from: 'MessageAttributes', to: 'MessageBody' },
      { setting: 'FilterPolicy', from: CREATED, to: SHIPPED },
    ]);
    await setUpAt(body);
    expect(await subscriptionAttributes(body)).toEqual({
      raw: 'false',
      policy: JSON.parse(SHIPPED),
      scope: 'MessageBody',
    });
    expect(await drift(body)).toEqual([]);

    const back = await edited(prefix, { subscribers: { email: { filterPolicy: CREATED } } });
    await setUpAt(back);
    expect(await subscriptionAttributes(back)).toEqual({
      raw: 'false',
      policy: JSON.parse(CREATED),
      scope: 'MessageAttributes',
    });

    const plain = await edited(prefix, {});
    await setUpAt(plain);
    expect(await subscriptionAttributes(plain)).toEqual({
      raw: 'false',
      policy: {},
      scope: 'MessageAttributes',
    });
    expect(await drift(plain)).toEqual([]);
    await cleanUpAt(first);
  });
});

describe('a FIFO topology', () => {
  it('has a FIFO topic, queues and dead-letter queues, and converges', async () => {
    const place = await newPlace(endpoint, uniquePrefix(), { fifo: true });
    const { observed } = await setUpAt(place);
    expect(topicOf(observed).arn).toMatch(/-order-events\.fifo$/);
    const { Attributes: topic } = await place.aws.sns.send(
      new GetTopicAttributesCommand({ TopicArn: topicOf(observed).arn }),
    );
    expect(topic).toMatchObject({ FifoTopic: 'true' });
    expect(topic?.ContentBasedDeduplication ?? 'false').toBe('false');
    const { queue, dlq } = subscriber(place);
    const attributes = await attributesOf(place, queue);
    expect(attributes).toMatchObject({ FifoQueue: 'true', ContentBasedDeduplication: 'false' });
    expect(JSON.parse(attributes.RedrivePolicy ?? '{}')).toMatchObject({
      deadLetterTargetArn: expect.stringMatching(`${dlq}$`),
    });
    expect(await attributesOf(place, dlq)).toMatchObject({ FifoQueue: 'true' });
    expect(await drift(place)).toEqual([]);

    const { verified } = await cleanUpAt(place);
    expect(verified).toBe(true);
  });

  it('takes each event once, under its order as its group', async () => {
    const place = await newPlace(endpoint, uniquePrefix(), { fifo: true });
    const { observed } = await setUpAt(place);
    const event = {
      event_id: 'the same',
      event_type: 'order.created',
      order_id: 7,
      user_id: 1,
      total: '29.99',
      status: 'pending',
      timestamp: '2026-01-01T00:00:00.000Z',
    } as const;
    const publisher = createPublisher({ aws: place.aws, topicArn: topicOf(observed).arn });
    for (const attempt of [1, 2]) {
      const { published } = await publisher.publish([{ event }]);
      expect([attempt, published]).toEqual([attempt, 1]);
    }
    expect(await receive(place)).toEqual([{ eventId: 'the same', group: '7' }]);
    await cleanUpAt(place);
  });
});
