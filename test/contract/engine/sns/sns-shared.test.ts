import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseSnsBody } from '../../../../src/lib/rules/sns-envelope.ts';
import { uniquePrefix, useEndpoint } from '../../../fixtures/endpoint.ts';
import { allowTopics, refusalOf } from '../../../fixtures/sns-engine.ts';

/** What any implementation of SNS has to do: runs against PUBSUB_TEST_ENDPOINT, too. */
const endpoint = useEndpoint();
const prefix = uniquePrefix();
let sns: SNSClient;
let sqs: SQSClient;
beforeAll(() => {
  sns = endpoint.aws.sns;
  sqs = endpoint.aws.sqs;
});

async function makeTopic(name: string): Promise<string> {
  const fifo = name.endsWith('.fifo') ? { Attributes: { FifoTopic: 'true' } } : {};
  const input = { Name: `${prefix}-${name}`, ...fifo };
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand(input));
  return TopicArn;
}

async function makeQueue(name: string): Promise<{ url: string; arn: string }> {
  const QueueName = `${prefix}-${name}`;
  const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName, Attributes: { ...fifo, Policy: allowTopics('*') } }),
  );
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes.QueueArn ?? '' };
}

async function wired(name: string, Attributes?: Record<string, string>) {
  const topic = await makeTopic(name);
  const queue = await makeQueue(name);
  const { SubscriptionArn = '' } = await sns.send(
    new SubscribeCommand({
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      ...(Attributes === undefined ? {} : { Attributes }),
    }),
  );
  return { topic, queue, subscription: SubscriptionArn };
}

async function receive(QueueUrl: string, count: number): Promise<Message[]> {
  const found: Message[] = [];
  while (found.length < count) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 5,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) throw new Error(`${found.length} of ${count} messages came`);
    found.push(...Messages);
  }
  return found;
}

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

describe('SNS', () => {
  test('makes a topic once', async () => {
    const arn = await makeTopic('once');
    expect(await makeTopic('once')).toBe(arn);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    expect(Attributes).toMatchObject({
      TopicArn: arn,
      DisplayName: '',
      SubscriptionsConfirmed: '0',
    });
  });

  test('keeps tags', async () => {
    const ResourceArn = await makeTopic('tags');
    const Tags = [{ Key: 'k', Value: 'v' }];
    await sns.send(new TagResourceCommand({ ResourceArn, Tags }));
    const listed = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(listed.Tags).toEqual(Tags);
  });

  test('wraps messages into an envelope', async () => {
    const { topic, queue } = await wired('envelope');
    const { MessageId } = await sns.send(
      new PublishCommand({
        TopicArn: topic,
        Message: 'hello',
        Subject: 'Subject',
        MessageAttributes: { kind: text('a') },
      }),
    );
    const [message] = await receive(queue.url, 1);
    expect(parseSnsBody(message?.Body ?? '')).toMatchObject({
      kind: 'envelope',
      message: 'hello',
      subject: 'Subject',
      messageId: MessageId,
      topicArn: topic,
      attributes: { kind: { type: 'String', value: 'a' } },
    });
  });

  test('delivers raw messages with their attributes', async () => {
    const { topic, queue } = await wired('raw', { RawMessageDelivery: 'true' });
    const MessageAttributes = { kind: text('a') };
    await sns.send(new PublishCommand({ TopicArn: topic, Message: 'hello', MessageAttributes }));
    const [message] = await receive(queue.url, 1);
    expect(message).toMatchObject({ Body: 'hello', MessageAttributes });
  });

  test('filters by attributes', async () => {
    const { topic, queue, subscription } = await wired('filter', {
      RawMessageDelivery: 'true',
      FilterPolicy: '{"kind":[{"prefix":"a"}]}',
    });
    for (const kind of ['b1', 'a1']) {
      const MessageAttributes = { kind: text(kind) };
      await sns.send(new PublishCommand({ TopicArn: topic, Message: kind, MessageAttributes }));
    }
    await sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: subscription,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"kind":["c"]}',
      }),
    );
    const { Attributes } = await sns.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }),
    );
    expect(Attributes).toMatchObject({ FilterPolicy: '{"kind":["c"]}' });
    for (const kind of ['a2', 'c']) {
      const MessageAttributes = { kind: text(kind) };
      await sns.send(new PublishCommand({ TopicArn: topic, Message: kind, MessageAttributes }));
    }
    const bodies = (await receive(queue.url, 2)).map(({ Body }) => Body);
    expect(bodies.sort()).toEqual(['a1', 'c']);
  });

  test('publishes batches', async () => {
    const { topic, queue } = await wired('batch', { RawMessageDelivery: 'true' });
    const { Successful, Failed } = await sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: ['1', '2', '3'].map((Id) => ({ Id, Message: Id })),
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(['1', '2', '3']);
    expect(Failed ?? []).toEqual([]);
    const bodies = (await receive(queue.url, 3)).map(({ Body }) => Body);
    expect(bodies.sort()).toEqual(['1', '2', '3']);
  });

  test('delivers a FIFO topic in order', async () => {
    const { topic, queue } = await wired('order.fifo', { RawMessageDelivery: 'true' });
    for (const id of ['a', 'b', 'c']) {
      await sns.send(
        new PublishCommand({
          TopicArn: topic,
          Message: id,
          MessageGroupId: 'g',
          MessageDeduplicationId: id,
        }),
      );
    }
    expect((await receive(queue.url, 3)).map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
  });

  test('lets a subscription end', async () => {
    const { topic, queue, subscription } = await wired('end');
    const list = async () => {
      const input = { TopicArn: topic };
      return (await sns.send(new ListSubscriptionsByTopicCommand(input))).Subscriptions;
    };
    expect(await list()).toMatchObject([
      { SubscriptionArn: subscription, Protocol: 'sqs', Endpoint: queue.arn, TopicArn: topic },
    ]);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription }));
    expect(await list()).toEqual([]);
  });

  test('forgets a deleted topic', async () => {
    const TopicArn = await makeTopic('deleted');
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    const refused = await refusalOf(sns.send(new GetTopicAttributesCommand({ TopicArn })));
    expect(refused).toMatchObject({ name: 'NotFoundException', status: 404 });
  });
});
