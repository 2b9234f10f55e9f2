import { CreateTopicCommand, DeleteTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { findQueueUrl } from '../../../src/lib/aws/queues.ts';
import {
  getSubscriptionAttributes,
  listTopicSubscriptions,
} from '../../../src/lib/aws/subscriptions.ts';
import { getTopicAttributes } from '../../../src/lib/aws/topics.ts';
import { temporaryName, temporaryTags } from '../../../src/lib/definition/temporary.ts';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { findRemains } from '../../../src/lib/topology/remains.ts';
import {
  createTemporaryQueue,
  removeTemporaryQueue,
  renewTemporaryQueue,
  sweepTemporary,
  type TemporaryQueue,
} from '../../../src/lib/topology/temporary-queue.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import {
  attributesOf,
  cleanUpAt,
  discard,
  fanOutAt,
  newPlace,
  setUpAt,
  tagsOf,
  topicName,
  topicOf,
} from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const NEVER = -60;
const HOUR = 3600;

/** A topology that is set up, with its topic. */
async function newFanOut() {
  const place = await newPlace(endpoint);
  const topicArn = await fanOutAt(place);
  const create = (lifetime: number, more: { filterPolicy?: string; raw?: boolean } = {}) =>
    createTemporaryQueue({ ...place, topicArn, purpose: 'tap', lifetime, ...more });
  return { place, topicArn, create };
}

async function publish(place: Place, TopicArn: string, body: string, type: string): Promise<void> {
  await place.aws.sns.send(
    new PublishCommand({
      TopicArn,
      Message: body,
      MessageAttributes: { event_type: { DataType: 'String', StringValue: type } },
    }),
  );
}

/** The bodies of so many messages, as they come. */
async function bodies({ aws }: Place, { url }: TemporaryQueue, count: number): Promise<string[]> {
  const found: string[] = [];
  const until = Date.now() + 60_000;
  while (found.length < count && Date.now() < until) {
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    found.push(...Messages.map(({ Body = '' }) => Body));
  }
  return found;
}

async function isThere({ aws }: Place, queue: TemporaryQueue): Promise<boolean> {
  return (await findQueueUrl(aws, queue.name)) !== undefined;
}

async function endpoints({ aws }: Place, topicArn: string): Promise<string[]> {
  return ((await listTopicSubscriptions(aws, topicArn)) ?? []).map((each) => each.endpoint);
}

describe('a temporary queue', () => {
  it('carries our tags and its expiry, and lets in its topic alone', async () => {
    const { place, topicArn, create } = await newFanOut();
    const before = Date.now();

    const queue = await create(HOUR);

    const tags = await tagsOf(place, queue.name);
    expect(queue.name).toMatch(new RegExp(`^${place.topology.prefix}-pubsub-tap-[0-9a-f]{8}$`));
    expect(tags).toMatchObject({
      'managed-by': 'pubsub',
      'pubsub:topology': 'orders',
      'pubsub:temporary': 'tap',
    });
    const expires = Date.parse(tags['pubsub:expires'] ?? '');
    expect(expires).toBeGreaterThanOrEqual(before + HOUR * 1000 - 1000);
    const attributes = await attributesOf(place, queue.name);
    expect(Number(attributes.MessageRetentionPeriod)).toBeLessThanOrEqual(600);
    expect(JSON.parse(attributes.Policy ?? '').Statement).toMatchObject([
      {
        Sid: `pubsub-${topicName(place)}`,
        Action: 'sqs:SendMessage',
        Resource: queue.arn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ]);
    await discard(place);
  });

  it('gets what is published, and its filter holds', async () => {
    const { place, topicArn, create } = await newFanOut();
    const filterPolicy = '{"event_type":["order.created"]}';
    const all = await create(HOUR);
    const some = await create(HOUR, { filterPolicy, raw: true });

    await publish(place, topicArn, '{"n":1}', 'order.created');
    await publish(place, topicArn, '{"n":2}', 'order.updated');

    const seen = (await bodies(place, all, 2)).map(parseSnsBody);
    expect(
      seen.map((each) => (each.kind === 'envelope' ? each.message : each.body)).sort(),
    ).toEqual(['{"n":1}', '{"n":2}']);
    expect(await bodies(place, some, 1)).toEqual(['{"n":1}']);
    await discard(place);
  });

  it('takes a policy on bodies with its scope', async () => {
    const { place, topicArn } = await newFanOut();
    const filterPolicy = '{"order":{"status":["shipped"]}}';

    const queue = await createTemporaryQueue({
      ...place,
      topicArn,
      purpose: 'probe',
      filterPolicy,
      scope: 'MessageBody',
      lifetime: HOUR,
    });

    expect(await getSubscriptionAttributes(place.aws, queue.subscriptionArn)).toMatchObject({
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: filterPolicy,
    });
    await discard(place);
  });

  it('leaves no queue where SNS refuses the subscription', async () => {
    const { place, create } = await newFanOut();

    await expect(
      create(HOUR, { filterPolicy: '{"event_type":"order.created"}' }),
    ).rejects.toThrow();

    expect((await sweepTemporary({ ...place, all: true })).map(({ name }) => name)).toEqual([]);
    await discard(place);
  });

  it('goes with its subscription, also twice', async () => {
    const { place, topicArn, create } = await newFanOut();
    const queue = await create(HOUR);

    await removeTemporaryQueue(place.aws, queue);
    await removeTemporaryQueue(place.aws, queue);

    expect(await isThere(place, queue)).toBe(false);
    expect(await endpoints(place, topicArn)).not.toContain(queue.arn);
    expect(await endpoints(place, topicArn)).toHaveLength(3);
    await discard(place);
  });

  it('of a FIFO topic is a FIFO queue', async () => {
    const place = await newPlace(endpoint);
    const { TopicArn: topicArn = '' } = await place.aws.sns.send(
      new CreateTopicCommand({
        Name: `${uniquePrefix()}.fifo`,
        Attributes: { FifoTopic: 'true' },
      }),
    );
    const queue = await createTemporaryQueue({
      ...place,
      topicArn,
      purpose: 'tap',
      lifetime: HOUR,
    });

    await place.aws.sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: 'in order',
        MessageGroupId: 'one',
        MessageDeduplicationId: 'first',
      }),
    );

    expect(queue.name).toMatch(/\.fifo$/);
    expect(await bodies(place, queue, 1)).toHaveLength(1);
    await removeTemporaryQueue(place.aws, queue);
    await place.aws.sns.send(new DeleteTopicCommand({ TopicArn: topicArn }));
  });
});

describe('a sweep', () => {
  it('removes what has expired with its subscription, and nothing that is in use', async () => {
    const { place, topicArn, create } = await newFanOut();
    const [left, used, renewed] = [await create(NEVER), await create(HOUR), await create(NEVER)];
    await renewTemporaryQueue(place.aws, renewed, HOUR);

    const swept = await sweepTemporary(place);

    expect(swept).toEqual([{ type: 'queue', name: left.name }]);
    expect(await isThere(place, left)).toBe(false);
    expect(await isThere(place, used)).toBe(true);
    expect(await isThere(place, renewed)).toBe(true);
    const seen = await endpoints(place, topicArn);
    expect(seen).toEqual(expect.arrayContaining([used.arn, renewed.arn]));
    expect(seen).not.toContain(left.arn);
    await discard(place);
  });

  it('removes all when told so, and leaves those of other topologies and untagged ones', async () => {
    const { place, create } = await newFanOut();
    const other = await newFanOut();
    const [one, two, theirs] = [await create(HOUR), await create(NEVER), await other.create(NEVER)];
    // A longer prefix that begins with ours.
    const longer = await newPlace(endpoint, `${place.topology.prefix}-pubsub`);
    const { observed } = await setUpAt(longer);
    const near = await createTemporaryQueue({
      ...longer,
      topicArn: topicOf(observed).arn,
      purpose: 'tap',
      lifetime: NEVER,
    });

    const swept = await sweepTemporary({ ...place, all: true });

    expect(swept.map(({ name }) => name).sort()).toEqual([one.name, two.name].sort());
    expect(await isThere(other.place, theirs)).toBe(true);
    expect(await isThere(longer, near)).toBe(true);
    for (const each of [place, other.place, longer]) await cleanUpAt(each);
  });

  it('removes an expired copy of a topic with its queues', async () => {
    const place = await newPlace(endpoint);
    const name = temporaryName(place.topology, 'probe', { id: '00c0ffee', fifo: false });
    const Tags = Object.entries(temporaryTags(place.topology, 'probe', Date.now() - 1000)).map(
      ([Key, Value]) => ({ Key, Value }),
    );
    const { TopicArn: topicArn = '' } = await place.aws.sns.send(
      new CreateTopicCommand({ Name: name, Tags }),
    );
    const queue = await createTemporaryQueue({
      ...place,
      topicArn,
      purpose: 'probe',
      lifetime: NEVER,
    });

    const swept = await sweepTemporary(place);

    expect(swept).toEqual([
      { type: 'topic', name },
      { type: 'queue', name: queue.name },
    ]);
    expect(await getTopicAttributes(place.aws, topicArn)).toBeUndefined();
    expect(await isThere(place, queue)).toBe(false);
  });
});

describe('cleanup', () => {
  it('finds and removes temporary queues and topics, expired or not', async () => {
    const { place, create } = await newFanOut();
    const queue = await create(HOUR);
    const name = temporaryName(place.topology, 'probe', { id: '0badcafe', fifo: false });
    const Tags = Object.entries(temporaryTags(place.topology, 'probe', Date.now() + 60_000)).map(
      ([Key, Value]) => ({ Key, Value }),
    );
    await place.aws.sns.send(new CreateTopicCommand({ Name: name, Tags }));

    const { ours } = await findRemains(place, { includeUntagged: false });
    const result = await cleanUpAt(place);

    expect(ours.filter(({ temporary }) => temporary).map((each) => [each.type, each.name])).toEqual(
      [
        ['subscription', queue.name],
        ['topic', name],
        ['queue', queue.name],
      ],
    );
    expect(result.verified).toBe(true);
    expect(result.deleted).toHaveLength(10 + 3);
    expect(await isThere(place, queue)).toBe(false);
    expect(await findRemains(place, { includeUntagged: false })).toEqual({ ours: [], foreign: [] });
  });

  it('removes a temporary queue whose topic is gone', async () => {
    const { place, topicArn, create } = await newFanOut();
    const queue = await create(HOUR);
    await place.aws.sns.send(new DeleteTopicCommand({ TopicArn: topicArn }));

    const result = await cleanUpAt(place);

    expect(result.verified).toBe(true);
    expect(result.deleted).toContainEqual({ type: 'queue', name: queue.name });
    expect(await isThere(place, queue)).toBe(false);
  });
});
