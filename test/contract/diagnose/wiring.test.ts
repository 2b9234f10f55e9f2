import { SubscribeCommand, TagResourceCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { countRequests } from '../../../src/lib/aws/request-counts.ts';
import { readWiring } from '../../../src/lib/diagnose/wiring/read-wiring.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { makeQueue, makeTopic, redriveTo, subscribe } from '../../fixtures/fan-out.ts';
import { fanOutAt, newPlace } from '../../fixtures/topology.ts';

describe('reading who is wired to whom', () => {
  const endpoint = useEndpoint();

  it('tells which queues refuse their topic, which filter, and which share a queue', async () => {
    const { aws } = endpoint;
    const prefix = uniquePrefix();
    const payments = await makeTopic(aws, `${prefix}-payments`);
    const users = await makeTopic(aws, `${prefix}-users`);
    const dead = await makeQueue(aws, `${prefix}-dead`);
    const shared = await makeQueue(aws, `${prefix}-shared`, {
      lets: [payments, users],
      attributes: redriveTo(dead, 2),
    });
    const refusing = await makeQueue(aws, `${prefix}-refusing`);
    await subscribe(aws, payments, shared);
    await subscribe(aws, users, shared);
    const filter = '{"amount":[{"numeric":[">=",1000]}]}';
    await subscribe(aws, payments, refusing, {
      FilterPolicy: filter,
      FilterPolicyScope: 'MessageBody',
    });
    const { topics, queues, orphans } = await readWiring(aws, `${prefix}-*`);

    expect(topics.map(({ name, owner }) => [name, owner.kind])).toEqual([
      [`${prefix}-payments`, 'untagged'],
      [`${prefix}-users`, 'untagged'],
    ]);
    expect(
      topics[0]?.subscriptions.map(({ queue, state, filterPolicy, filterPolicyScope }) => ({
        queue,
        state,
        filterPolicy,
        filterPolicyScope,
      })),
    ).toEqual([
      {
        queue: `${prefix}-refusing`,
        state: 'refused',
        filterPolicy: filter,
        filterPolicyScope: 'MessageBody',
      },
      {
        queue: `${prefix}-shared`,
        state: 'ok',
        filterPolicy: undefined,
        filterPolicyScope: 'MessageAttributes',
      },
    ]);
    const byName = new Map(queues.map((queue) => [queue.name, queue]));
    expect(byName.get(`${prefix}-shared`)).toMatchObject({
      topics: [`${prefix}-payments`, `${prefix}-users`],
      deadLetters: { queue: `${prefix}-dead`, maxReceiveCount: 2 },
    });
    expect(byName.get(`${prefix}-dead`)?.deadLettersOf).toEqual([`${prefix}-shared`]);
    expect(orphans).toEqual([]);
  });

  it('finds a topic with what it is wired to, and nothing else', async () => {
    const { aws } = endpoint;
    const prefix = uniquePrefix();
    const first = await makeTopic(aws, `${prefix}-first`);
    const other = await makeTopic(aws, `${prefix}-other`);
    const queue = await makeQueue(aws, `${prefix}-queue`, { lets: [first, other] });
    await makeQueue(aws, `${prefix}-bystander`);
    await subscribe(aws, first, queue);
    await subscribe(aws, other, queue);
    const { topics, queues } = await readWiring(aws, `${prefix}-first`);
    expect(topics.map(({ name }) => name)).toEqual([`${prefix}-first`]);
    expect(queues.map(({ name }) => name)).toEqual([`${prefix}-queue`]);
    // What else the queue hears is told nevertheless.
    expect(queues[0]?.topics).toEqual([`${prefix}-first`, `${prefix}-other`]);
  });

  it('tells a subscription of a queue that is gone, and one that goes to no queue', async () => {
    const { aws } = endpoint;
    const prefix = uniquePrefix();
    const topic = await makeTopic(aws, `${prefix}-topic`);
    const queue = await makeQueue(aws, `${prefix}-gone`, { lets: [topic] });
    await subscribe(aws, topic, queue);
    await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: queue.url }));
    const [found] = (await readWiring(aws, `${prefix}-topic`)).topics;
    expect(found?.subscriptions.map(({ queue: name, state }) => [name, state])).toEqual([
      [`${prefix}-gone`, 'no-queue'],
    ]);
  });

  it('says whose a topic is by its tags', async () => {
    const { aws } = endpoint;
    const place = await newPlace(endpoint);
    const { prefix } = place.topology;
    await fanOutAt(place);
    const topic = await makeTopic(aws, `${prefix}-foreign`);
    await aws.sns.send(
      new TagResourceCommand({ ResourceArn: topic, Tags: [{ Key: 'team', Value: 'money' }] }),
    );
    const { topics } = await readWiring(aws, `${prefix}-*`);
    const owners = Object.fromEntries(topics.map(({ name, owner }) => [name, owner]));
    expect(owners).toEqual({
      [`${prefix}-foreign`]: { kind: 'other', words: 'team=money' },
      [`${prefix}-order-events`]: { kind: 'pubsub', words: 'orders' },
    });
  });

  it('makes no more requests than it says', async () => {
    const { aws: maker } = endpoint;
    const prefix = uniquePrefix();
    const topic = await makeTopic(maker, `${prefix}-topic`);
    for (const name of ['a', 'b']) {
      await subscribe(maker, topic, await makeQueue(maker, `${prefix}-${name}`, { lets: [topic] }));
    }
    const aws = await createAws(endpoint.settings);
    try {
      const counted = countRequests(aws);
      await readWiring(aws, `${prefix}-*`);
      const counts = counted();
      expect(counts['sns:ListTagsForResource']).toBe(1);
      expect(counts['sqs:GetQueueAttributes']).toBe(2);
      expect(counts['sqs:ListQueueTags']).toBe(2);
      expect(counts['sns:GetSubscriptionAttributes']).toBe(2);
      expect(counts['sqs:ListQueues']).toBe(1);
    } finally {
      aws.close();
    }
  });

  it('does not judge what lies in another account', async () => {
    const { aws } = endpoint;
    const prefix = uniquePrefix();
    const topic = await makeTopic(aws, `${prefix}-topic`);
    const Endpoint = `arn:aws:sqs:us-east-1:111122223333:${prefix}-theirs`;
    await aws.sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint }));
    const [found] = (await readWiring(aws, `${prefix}-topic`)).topics;
    expect(found?.subscriptions.map(({ state }) => state)).not.toContain('ok');
  });
});
