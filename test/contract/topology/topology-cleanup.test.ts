import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsCommand,
  SubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  SendMessageCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { topologyTags } from '../../../src/lib/definition/topology.ts';
import { cleanUp } from '../../../src/lib/topology/cleanup.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { findRemains } from '../../../src/lib/topology/remains.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import {
  attributesOf,
  cleanUpAt,
  fanOutAt,
  newPlace,
  setUpAt,
  subscriber,
  topicName,
  topicOf,
  urlOf,
} from '../../fixtures/topology.ts';

// As on AWS: subscriptions linger after their topic was deleted.
const endpoint = useEndpoint({ waits: true });

const NOTHING = { ours: [], foreign: [] };

async function allSubscriptions(place: Place): Promise<string[]> {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await place.aws.sns.send(new ListSubscriptionsCommand({ NextToken }));
    found.push(...(page.Subscriptions ?? []).map(({ Endpoint = '' }) => Endpoint));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

async function makeStack(StackName: string, Resources: object): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CloudFormationClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials,
  });
  const TemplateBody = JSON.stringify({ Resources });
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await expect
    .poll(async () => (await client.send(new DescribeStacksCommand({ StackName }))).Stacks)
    .toMatchObject([{ StackStatus: 'CREATE_COMPLETE' }]);
  client.destroy();
}

async function otherQueue(place: Place): Promise<{ name: string; url: string; arn: string }> {
  const name = `${uniquePrefix()}-other`;
  const { QueueUrl: url = '' } = await place.aws.sqs.send(
    new CreateQueueCommand({ QueueName: name }),
  );
  return { name, url, arn: (await attributesOf(place, name)).QueueArn ?? '' };
}

describe('cleanup', () => {
  it('deletes subscriptions, then the topic, then queues, then dead-letter queues, and looks again', async () => {
    const place = await newPlace(endpoint);
    const { observed } = await setUpAt(place);

    const result = await cleanUpAt(place);

    expect(result).toMatchObject({ verified: true, interrupted: false, remains: NOTHING });
    const types = result.deleted.map(({ type }) => type);
    expect(types).toEqual([
      ...Array(3).fill('subscription'),
      'topic',
      ...Array(3).fill('queue'),
      ...Array(3).fill('dlq'),
    ]);
    const names = result.deleted.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(10);
    await expect(
      place.aws.sns.send(new GetTopicAttributesCommand({ TopicArn: topicOf(observed).arn })),
    ).rejects.toThrow();
    await expect(urlOf(place, subscriber(place).queue)).rejects.toThrow();
    await expect(urlOf(place, subscriber(place).dlq)).rejects.toThrow();
  });

  it('finds nothing where nothing is', async () => {
    const place = await newPlace(endpoint);

    expect(await findRemains(place, { includeUntagged: false })).toEqual(NOTHING);
    expect(await cleanUpAt(place)).toMatchObject({ deleted: [], verified: true });
  });

  it('tells how many messages would be lost', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const { queue } = subscriber(place);
    const QueueUrl = await urlOf(place, queue);
    await place.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));

    await expect
      .poll(async () => {
        const { ours } = await findRemains(place, { includeUntagged: false });
        return ours.find(({ type, name }) => type === 'queue' && name === queue)?.messages;
      })
      .toBe(1);
    await cleanUpAt(place);
  });

  it('leaves a queue and a topic of the same names that are not tagged as ours', async () => {
    const place = await newPlace(endpoint);
    const { observed } = await setUpAt(place);
    const { queue } = subscriber(place);
    const QueueUrl = await urlOf(place, queue);
    await place.aws.sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['pubsub:topology'] }));
    await place.aws.sns.send(
      new UntagResourceCommand({ ResourceArn: topicOf(observed).arn, TagKeys: ['managed-by'] }),
    );

    const result = await cleanUpAt(place);

    expect(result.verified).toBe(true);
    expect(result.deleted).toHaveLength(2 + 5);
    expect(result.remains.foreign).toMatchObject([
      { type: 'topic', name: topicName(place) },
      { type: 'queue', name: queue },
    ]);
    expect(await urlOf(place, queue)).toBe(QueueUrl);
    const all = await cleanUpAt(place, true);
    expect(all).toMatchObject({ verified: true, remains: NOTHING });
    expect(all.deleted.map(({ type }) => type)).toEqual(['subscription', 'topic', 'queue']);
  });

  it.skipIf(isIndependent)('leaves what a stack made to the stack, whatever its tags', async () => {
    const place = await newPlace(endpoint);
    const { queue, dlq } = subscriber(place);
    const stack = `${place.topology.prefix}-stack`;
    const names = [topicName(place), queue, dlq];
    const Tags = Object.entries(topologyTags(place.topology)).map(([Key, Value]) => ({
      Key,
      Value,
    }));
    await makeStack(stack, {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: names[0], Tags } },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: queue, Tags } },
      Dlq: { Type: 'AWS::SQS::Queue', Properties: { QueueName: dlq, Tags } },
    });

    for (const includeUntagged of [false, true]) {
      const result = await cleanUpAt(place, includeUntagged);
      expect(result).toMatchObject({ deleted: [], verified: true });
      expect(result.remains.foreign).toMatchObject(names.map((name) => ({ name, stack })));
    }
    // What setup made beside them goes, with the subscription of its own queue.
    await setUpAt(place);
    const { deleted, remains } = await cleanUpAt(place);

    expect(deleted.map(({ type }) => type)).toEqual([
      'subscription',
      'subscription',
      'queue',
      'queue',
      'dlq',
      'dlq',
    ]);
    expect(remains.foreign.map(({ name }) => name)).toEqual(names);
    await urlOf(place, queue);
  });

  it('touches no topic, queue or subscription of others', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const other = await otherQueue(place);
    const { TopicArn } = await place.aws.sns.send(
      new CreateTopicCommand({ Name: `${uniquePrefix()}-other` }),
    );
    const ourQueue = (await attributesOf(place, subscriber(place).queue)).QueueArn ?? '';
    for (const Endpoint of [other.arn, ourQueue]) {
      await place.aws.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    }

    await cleanUpAt(place);

    expect(await urlOf(place, other.name)).toBe(other.url);
    expect((await allSubscriptions(place)).filter((each) => each === ourQueue)).toEqual([ourQueue]);
    expect(await allSubscriptions(place)).toContain(other.arn);
    await place.aws.sns.send(new DeleteTopicCommand({ TopicArn }));
    await place.aws.sqs.send(new DeleteQueueCommand({ QueueUrl: other.url }));
  });

  it('ends the subscriptions of others with its topic, which would hang in the air', async () => {
    const place = await newPlace(endpoint);
    const { observed } = await setUpAt(place);
    const other = await otherQueue(place);
    await place.aws.sns.send(
      new SubscribeCommand({
        TopicArn: topicOf(observed).arn,
        Protocol: 'sqs',
        Endpoint: other.arn,
      }),
    );

    const { deleted } = await cleanUpAt(place);

    expect(deleted).toContainEqual({ type: 'subscription', name: other.name });
    expect(await urlOf(place, other.name)).toBe(other.url);
    await place.aws.sqs.send(new DeleteQueueCommand({ QueueUrl: other.url }));
  });

  it('finds subscriptions that outlived their topic, with and without their queues', async () => {
    const place = await newPlace(endpoint);
    const { observed } = await setUpAt(place);
    const queues = await Promise.all(
      place.topology.subscribers.map(async ({ queue }) => attributesOf(place, queue)),
    );
    await place.aws.sns.send(new DeleteTopicCommand({ TopicArn: topicOf(observed).arn }));
    const QueueUrl = await urlOf(place, subscriber(place).queue);
    await place.aws.sqs.send(new DeleteQueueCommand({ QueueUrl }));

    const { deleted, verified } = await cleanUpAt(place);

    expect(verified).toBe(true);
    // Other implementations may take subscriptions away together with the topic.
    const outlived = deleted.filter(({ type }) => type === 'subscription');
    if (!isIndependent) expect(outlived).toHaveLength(3);
    const left = await allSubscriptions(place);
    expect(left.filter((arn) => queues.some(({ QueueArn }) => QueueArn === arn))).toEqual([]);
  });

  it('finishes in the next run what an interrupt kept it from', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const stop = new AbortController();
    const options = { includeUntagged: false };

    const first = await cleanUp(place, await findRemains(place, options), {
      ...options,
      stop: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'deleted' && event.resource.type === 'topic') stop.abort();
      },
    });
    const second = await cleanUpAt(place);

    expect(first).toMatchObject({ interrupted: true, verified: false });
    expect(first.deleted.map(({ type }) => type)).not.toContain('queue');
    expect(first.remains.ours).toHaveLength(6);
    expect(second).toMatchObject({ verified: true });
    expect(second.deleted).toHaveLength(6);
  });
});
