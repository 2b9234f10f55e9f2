import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
const installed = spawnSync('aws', ['--version']).status === 0;
if (!installed) process.stderr.write('skipped: the aws command is not installed\n');

interface Setup {
  topic: { name: string; arn: string };
  subscribers: {
    queueUrl: string;
    queueArn: string;
    dlqUrl: string;
    dlqArn: string;
    subscriptionArn: string;
  }[];
}

let endpoint = '';
let setup: Setup;

/** What the aws command answers, as data. */
function aws<T = object>(...args: string[]): T {
  const { stdout, stderr, status } = spawnSync(
    'aws',
    [...args, '--endpoint-url', endpoint, '--output', 'json'],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: pubsub.env.HOME ?? '',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: 'us-east-1',
      },
    },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim() || '{}') as T;
}

describe.skipIf(!installed)('the aws command', () => {
  beforeAll(async () => {
    const { doc } = await pubsub.json(['local', 'start', '--port', '0']);
    endpoint = (doc as { endpoint: string }).endpoint;
    setup = (await pubsub.json(['setup'])).doc as Setup;
  });

  it('sees exactly what setup says it made', () => {
    const { Topics } = aws<{ Topics: object[] }>('sns', 'list-topics');
    expect(Topics).toEqual([{ TopicArn: setup.topic.arn }]);

    const { QueueUrls } = aws<{ QueueUrls: string[] }>('sqs', 'list-queues');
    const made = setup.subscribers.flatMap(({ queueUrl, dlqUrl }) => [queueUrl, dlqUrl]);
    expect(QueueUrls.sort()).toEqual(made.sort());

    const { Subscriptions } = aws<{
      Subscriptions: { SubscriptionArn: string; Endpoint: string }[];
    }>('sns', 'list-subscriptions');
    expect(
      Subscriptions.map(({ SubscriptionArn, Endpoint }) => [SubscriptionArn, Endpoint]).sort(),
    ).toEqual(
      setup.subscribers.map(({ subscriptionArn, queueArn }) => [subscriptionArn, queueArn]).sort(),
    );
  });

  it('reads the defaults of the orders topology from a queue', () => {
    const [first] = setup.subscribers;
    const { Attributes } = aws<{ Attributes: Record<string, string> }>(
      'sqs',
      'get-queue-attributes',
      '--queue-url',
      first?.queueUrl ?? '',
      '--attribute-names',
      'All',
    );
    expect(Attributes).toMatchObject({
      VisibilityTimeout: '30',
      ReceiveMessageWaitTimeSeconds: '20',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: first?.dlqArn, maxReceiveCount: 3 }),
    });
    expect(JSON.parse(Attributes.Policy ?? '').Statement).toEqual([
      {
        Sid: 'pubsub-order-events',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: first?.queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': setup.topic.arn } },
      },
    ]);
    const { Tags } = aws<{ Tags: object }>(
      'sqs',
      'list-queue-tags',
      '--queue-url',
      first?.queueUrl ?? '',
    );
    expect(Tags).toEqual({ 'managed-by': 'pubsub', 'pubsub:topology': 'orders' });
  });

  it('reaches pubsub listen with what it publishes', async () => {
    const event =
      '{"event_id":"from-aws","event_type":"order.created","order_id":77,"user_id":1,"total":29.99,"status":"pending","timestamp":"2025-01-01T12:00:00.000Z"}';
    const listening = pubsub.start(['listen', 'email', '--max', '1']);
    aws('sns', 'publish', '--topic-arn', setup.topic.arn, '--message', event);
    const { stdout, code } = await listening.finished;
    expect(stdout).toContain('📧 Sending order confirmation email for order 77');
    expect(stdout).toContain('   User: 1, Total: $29.99');
    expect(code).toBe(0);
  });

  it('receives what pubsub publish sends', async () => {
    const [, inventory] = setup.subscribers;
    aws('sqs', 'purge-queue', '--queue-url', inventory?.queueUrl ?? '');
    await pubsub.run(['publish', 'order.updated', '--order-id', '88', '--status', 'shipped']);
    const { Messages } = aws<{ Messages: { Body: string }[] }>(
      'sqs',
      'receive-message',
      '--queue-url',
      inventory?.queueUrl ?? '',
      '--wait-time-seconds',
      '5',
    );
    const envelope = JSON.parse(Messages[0]?.Body ?? '{}');
    expect(envelope).toMatchObject({
      Type: 'Notification',
      TopicArn: setup.topic.arn,
      Subject: 'Order Event: order.updated',
      MessageAttributes: { event_type: { Type: 'String', Value: 'order.updated' } },
    });
    expect(JSON.parse(envelope.Message)).toMatchObject({ order_id: 88, status: 'shipped' });
  });
});
