import { randomBytes } from 'node:crypto';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  SubscribeCommand,
  TagResourceCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../src/lib/aws/identity.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import type { TopologyDefinition } from '../../../src/lib/definition/definition.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { observedTopic } from '../../../src/lib/topology/observed.ts';
import { findRemains } from '../../../src/lib/topology/remains.ts';
import { planSetup } from '../../../src/lib/topology/setup.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import {
  attributesOf,
  cleanUpAt,
  drift,
  setAttributes,
  setUpAt,
  tagsOf,
  urlOf,
} from '../../fixtures/topology.ts';

const endpoint = useEndpoint();

async function placeOf(
  definition: Omit<TopologyDefinition, 'name'>,
  prefix = uniquePrefix(),
): Promise<Place> {
  const topology = buildTopology({ name: 'payments', ...definition }, { prefix });
  return { aws: endpoint.aws, identity: await identify(endpoint.aws), topology };
}

/** The bodies that come out of a queue, as they were published. */
async function bodies(place: Place, queue: string, count: number): Promise<string[]> {
  const QueueUrl = await urlOf(place, queue);
  const found: string[] = [];
  while (found.length < count) {
    const { Messages = [] } = await place.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    found.push(...Messages.map(({ Body = '' }) => JSON.parse(Body).Message as string));
    if (Messages.length === 0) break;
  }
  return found.sort();
}

async function topicTags(place: Place, TopicArn: string): Promise<Record<string, string>> {
  const { Tags = [] } = await place.aws.sns.send(
    new ListTagsForResourceCommand({ ResourceArn: TopicArn }),
  );
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

const TWO_TOPICS: Omit<TopologyDefinition, 'name'> = {
  topics: { captured: {}, refunded: {}, ledger: { fifo: true } },
  subscribers: {
    books: {
      from: { captured: {}, refunded: { filterPolicy: '{"size":["big"]}' } },
    },
    audit: { from: { ledger: {} } },
    watch: { from: { captured: {}, ledger: {} }, dlq: false, fifo: false },
  },
};

describe('a topology of several topics', () => {
  it('lets each of them into the queues that hang on it, and nothing else', async () => {
    const place = await placeOf(TWO_TOPICS);
    const { observed, changes } = await setUpAt(place);
    expect(changes.filter(({ type }) => type === 'subscription').map(({ topic }) => topic)).toEqual(
      ['captured', 'refunded', 'ledger', 'captured', 'ledger'],
    );
    expect(await drift(place)).toEqual([]);

    const arn = (key: string): string => observedTopic(observed, key).arn ?? '';
    const [books, audit, watch] = place.topology.subscribers;
    const { Policy = '' } = await attributesOf(place, books?.queue ?? '');
    const sources = JSON.parse(Policy).Statement.map(
      ({ Condition }: { Condition: { ArnEquals: { 'aws:SourceArn': string } } }) =>
        Condition.ArnEquals['aws:SourceArn'],
    );
    expect(sources).toEqual([arn('captured'), arn('refunded')]);
    expect(audit?.queue).toMatch(/\.fifo$/);
    expect(watch?.queue).not.toMatch(/\.fifo$/);
    expect((await attributesOf(place, watch?.queue ?? '')).RedrivePolicy).toBeUndefined();

    const publish = (TopicArn: string, Message: string, size = 'small') =>
      place.aws.sns.send(
        new PublishCommand({
          TopicArn,
          Message,
          MessageAttributes: { size: { DataType: 'String', StringValue: size } },
        }),
      );
    await publish(arn('captured'), 'a');
    await publish(arn('refunded'), 'b');
    await publish(arn('refunded'), 'c', 'big');
    expect(await bodies(place, books?.queue ?? '', 2)).toEqual(['a', 'c']);

    const { deleted, verified } = await cleanUpAt(place);
    expect(verified).toBe(true);
    expect(deleted.map(({ type }) => type)).toEqual([
      ...Array(5).fill('subscription'),
      ...Array(3).fill('topic'),
      ...Array(3).fill('queue'),
      ...Array(2).fill('dlq'),
    ]);
  });

  it('puts back a statement that is missing beside another one of ours, and keeps what others wrote', async () => {
    const place = await placeOf(TWO_TOPICS);
    const { observed } = await setUpAt(place);
    const queue = place.topology.subscribers[0]?.queue ?? '';
    const { Policy = '' } = await attributesOf(place, queue);
    const document = JSON.parse(Policy);
    const foreign = {
      Sid: 'theirs',
      Effect: 'Allow',
      Principal: '*',
      Action: 'sqs:GetQueueUrl',
      Resource: '*',
    };
    await setAttributes(place, queue, {
      Policy: JSON.stringify({ ...document, Statement: [foreign, document.Statement[1]] }),
    });
    expect(await drift(place)).toMatchObject([
      { type: 'policy', differences: [{ setting: expect.stringContaining('captured') }] },
    ]);
    await setUpAt(place);
    const after = JSON.parse((await attributesOf(place, queue)).Policy ?? '').Statement;
    expect(after[0]).toEqual(foreign);
    expect(after).toHaveLength(3);
    expect(observed.topics.size).toBe(3);
    await cleanUpAt(place);
  });
});

describe('what a topology says of its resources', () => {
  it('converges both ways: names for people, tags, delays, retention, deduplication', async () => {
    const prefix = uniquePrefix();
    const plain: Omit<TopologyDefinition, 'name'> = {
      topics: { t: { fifo: true } },
      subscribers: { s: {} },
    };
    const place = await placeOf(plain, prefix);
    const { observed } = await setUpAt(place);
    const arn = observedTopic(observed, 't').arn ?? '';
    const queue = place.topology.subscribers[0]?.queue ?? '';
    await place.aws.sns.send(
      new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: 'theirs', Value: 'stays' }] }),
    );
    const rich = await placeOf(
      {
        topics: {
          t: {
            fifo: true,
            displayName: 'Ledger',
            contentBasedDeduplication: true,
            tags: { team: 'money', 'cost center': '42' },
          },
        },
        subscribers: { s: { delay: 5, retention: 120, receiveWait: 0, visibilityTimeout: 7 } },
      },
      prefix,
    );
    expect((await drift(rich)).map(({ type, name }) => `${type} ${name}`)).toEqual([
      `topic ${prefix}-t.fifo`,
      `queue ${queue}`,
    ]);
    await setUpAt(rich);
    expect(await drift(rich)).toEqual([]);
    const { Attributes: after = {} } = await place.aws.sns.send(
      new GetTopicAttributesCommand({ TopicArn: arn }),
    );
    expect(after).toMatchObject({ DisplayName: 'Ledger', ContentBasedDeduplication: 'true' });
    expect(await topicTags(place, arn)).toMatchObject({
      team: 'money',
      'cost center': '42',
      theirs: 'stays',
    });
    expect(await attributesOf(place, queue)).toMatchObject({
      DelaySeconds: '5',
      MessageRetentionPeriod: '120',
      ReceiveMessageWaitTimeSeconds: '0',
      VisibilityTimeout: '7',
    });

    await setUpAt(place);
    expect(await drift(place)).toEqual([]);
    expect(await topicTags(place, arn)).toEqual({
      theirs: 'stays',
      'managed-by': 'pubsub',
      'pubsub:topology': 'payments',
    });
    await cleanUpAt(place);
  });

  it.skipIf(isIndependent)(
    'takes an encryption key back that it set, and leaves one that somebody else did',
    async () => {
      const prefix = uniquePrefix();
      const withKey = (kmsKey?: string | false): Promise<Place> =>
        placeOf({ topics: { t: {} }, subscribers: { s: { kmsKey } } }, prefix);
      const plain = await withKey();
      await setUpAt(plain);
      const queue = plain.topology.subscribers[0]?.queue ?? '';
      const keyOf = async () => (await attributesOf(plain, queue)).KmsMasterKeyId ?? '';
      await setAttributes(plain, queue, { KmsMasterKeyId: 'alias/aws/sqs' });
      expect(await drift(plain)).toEqual([]);

      const none = await withKey(false);
      await setUpAt(none);
      expect(await keyOf()).toBe('');
      const keyed = await withKey('alias/aws/sqs');
      await setUpAt(keyed);
      expect(await keyOf()).toBe('alias/aws/sqs');
      expect(await drift(keyed)).toEqual([]);
      await setUpAt(plain);
      expect(await keyOf()).toBe('');
      expect(await tagsOf(plain, queue)).toEqual({
        'managed-by': 'pubsub',
        'pubsub:topology': 'payments',
      });
      await cleanUpAt(plain);
    },
  );
});

describe("somebody else's topic", () => {
  it.each([
    ['beside', undefined],
    ['in another region', 'eu-west-1'],
  ])('%s is subscribed to, and neither changed nor deleted', async (_where, region) => {
    const sns = region === undefined ? endpoint.aws.sns : endpoint.aws.snsIn(region);
    const name = `theirs-${randomBytes(4).toString('hex')}`;
    const { TopicArn: arn = '' } = await sns.send(
      new CreateTopicCommand({ Name: name, Attributes: { DisplayName: 'Theirs' } }),
    );
    const place = await placeOf({
      topics: { own: {}, theirs: { arn } },
      subscribers: { s: { from: { own: {}, theirs: {} } } },
    });
    const { changes } = await setUpAt(place);
    expect(changes.filter(({ type }) => type === 'topic')).toHaveLength(1);
    expect(await drift(place)).toEqual([]);
    await sns.send(new PublishCommand({ TopicArn: arn, Message: 'from afar' }));
    expect(await bodies(place, place.topology.subscribers[0]?.queue ?? '', 1)).toEqual([
      'from afar',
    ]);

    const { ours } = await findRemains(place, { includeUntagged: true });
    expect(ours.filter(({ type }) => type === 'topic').map(({ name }) => name)).toEqual([
      `${place.topology.prefix}-own`,
    ]);
    await cleanUpAt(place, true);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    expect(Attributes?.DisplayName).toBe('Theirs');
    const { Subscriptions } = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: arn }),
    );
    expect(Subscriptions).toEqual([]);
  });

  it('of our name but not ours keeps the subscription of a queue elsewhere that is called like ours', async () => {
    const place = await placeOf({ topics: { t: {} }, subscribers: { s: {} } });
    const { TopicArn = '' } = await place.aws.sns.send(
      new CreateTopicCommand({ Name: place.topology.topics[0]?.name }),
    );
    const queue = place.topology.subscribers[0]?.queue ?? '';
    const [, , , , account] = TopicArn.split(':');
    const Endpoint = `arn:aws:sqs:eu-west-1:${account}:${queue}`;
    await place.aws.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await place.aws.sqs.send(
      new CreateQueueCommand({
        QueueName: queue,
        tags: { 'managed-by': 'pubsub', 'pubsub:topology': 'payments' },
      }),
    );
    const { ours } = await findRemains(place, { includeUntagged: false });
    expect(ours.map(({ type }) => type)).toEqual(['queue']);
    await cleanUpAt(place);
    expect(
      (await planSetup(place)).observed.topics.get('t')?.subscriptions.map((each) => each.endpoint),
    ).toEqual([Endpoint]);
    await cleanUpAt(place, true);
  });
});
