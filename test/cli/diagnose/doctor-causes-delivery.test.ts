import {
  AddPermissionCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { deleteTopic } from '../../../src/lib/aws/topics.ts';
import { inspect } from '../../../src/lib/topology/inspect.ts';
import { hasAws } from '../../fixtures/aws-command.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import {
  attributesOf,
  setAttributes,
  subscriber,
  topicOf,
  urlOf,
} from '../../fixtures/topology.ts';
import { findings, mend, onlyFinding, type Patient, useWard } from './doctor.ts';

const endpoint = useEndpoint();
const ward = useWard(endpoint);

const OTHER_ACCOUNT = '111111111111';

/** The ARN of a subscriber's subscription. */
async function subscriptionOf({ place }: Patient, name = 'email'): Promise<string> {
  const { subscriptions } = topicOf(await inspect(place, { subscriptionAttributes: false }));
  const { queue } = subscriber(place, name);
  return subscriptions.find(({ endpoint: arn }) => arn.endsWith(`:${queue}`))?.arn ?? '';
}

async function topicArnOf({ place }: Patient): Promise<string> {
  return topicOf(await inspect(place, { subscriptionAttributes: false })).arn;
}

async function setSubscription(patient: Patient, name: string, value: string): Promise<void> {
  await patient.place.aws.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn: await subscriptionOf(patient),
      AttributeName: name,
      AttributeValue: value,
    }),
  );
}

describe('pubsub doctor, on the way from the topic to the queue', () => {
  it('finds nothing in a healthy system', async () => {
    const patient = await ward.admit();

    const printed = await patient.examine();

    expect(findings(printed)).toEqual([]);
    expect(printed).toMatchObject({ ok: true, code: 0, skipped: [] });
    expect([...new Set(printed.checks.map(({ subject }) => subject))]).toEqual([
      'target',
      'topic',
      'email',
      'inventory',
      'analytics',
    ]);
  });

  it('names a topic that is gone, and nothing that follows from it', async () => {
    const patient = await ward.admit();
    await deleteTopic(endpoint.aws, await topicArnOf(patient));

    const found = onlyFinding(await patient.examine(), {
      id: 'topic',
      subject: 'topic',
      verdict: 'fail',
    });

    await mend(ward, patient, found);
  });

  it('names a subscription that is missing', async () => {
    const patient = await ward.admit();
    await endpoint.aws.sns.send(
      new UnsubscribeCommand({ SubscriptionArn: await subscriptionOf(patient) }),
    );

    const found = onlyFinding(await patient.examine(), {
      id: 'subscription',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('has no subscription of');
    await mend(ward, patient, found);
  });

  it('names a subscription that delivers to a queue of the same name elsewhere', async () => {
    const patient = await ward.admit();
    const { queue } = subscriber(patient.place, 'email');
    await endpoint.aws.sns.send(
      new UnsubscribeCommand({ SubscriptionArn: await subscriptionOf(patient) }),
    );
    const elsewhere = `arn:aws:sqs:eu-west-1:000000000000:${queue}`;
    await endpoint.aws.sns.send(
      new SubscribeCommand({
        TopicArn: await topicArnOf(patient),
        Protocol: 'sqs',
        Endpoint: elsewhere,
      }),
    );

    const found = onlyFinding(await patient.examine(), {
      id: 'subscription',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain(elsewhere);
    await mend(ward, patient, found);
  });

  it('names a subscription that waits for its confirmation', async () => {
    const patient = await ward.admit();
    const TopicArn = await topicArnOf(patient);
    const { queue } = subscriber(patient.place);
    await endpoint.aws.sns.send(
      new UnsubscribeCommand({ SubscriptionArn: await subscriptionOf(patient) }),
    );
    await endpoint.aws.sns.send(
      new AddPermissionCommand({
        TopicArn,
        Label: 'guest',
        AWSAccountId: [OTHER_ACCOUNT],
        ActionName: ['Subscribe'],
      }),
    );
    // Somebody else subscribed the queue: its owner has to agree.
    const guest = new SNSClient({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: OTHER_ACCOUNT, secretAccessKey: 'x' },
    });
    await guest.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
      }),
    );
    guest.destroy();

    const found = onlyFinding(await patient.examine('email'), {
      id: 'subscription',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('PendingConfirmation');
    await mend(ward, patient, found, 'email');
  });

  it('names a queue that was deleted', async () => {
    const patient = await ward.admit();
    const { queue } = subscriber(patient.place, 'inventory');
    await endpoint.aws.sqs.send(
      new DeleteQueueCommand({ QueueUrl: await urlOf(patient.place, queue) }),
    );

    const found = onlyFinding(await patient.examine(), {
      id: 'queue',
      subject: 'inventory',
      verdict: 'fail',
    });

    await mend(ward, patient, found);
  });

  it('names a queue policy that does not let the topic in, by evaluating it', async () => {
    const patient = await ward.admit();
    const { queue } = subscriber(patient.place, 'email');
    const { Policy = '' } = await attributesOf(patient.place, queue);
    // Everything that a search for text would look for is still there.
    await setAttributes(patient.place, queue, {
      Policy: Policy.replace('"ArnEquals"', '"ArnNotEquals"'),
    });

    const found = onlyFinding(await patient.examine(), {
      id: 'queue-policy',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('ArnNotEquals aws:SourceArn');
    await mend(ward, patient, found);
  });

  it('names a queue without a policy', async () => {
    const patient = await ward.admit();
    const { queue } = subscriber(patient.place, 'email');
    await setAttributes(patient.place, queue, { Policy: '' });

    const found = onlyFinding(await patient.examine('email'), {
      id: 'queue-policy',
      subject: 'email',
      verdict: 'fail',
    });

    await mend(ward, patient, found);
  });

  it.for([
    ['a label', { Sid: 'no-more' }],
    ['none', {}],
  ] as const)(
    'names the very statement of a queue policy that denies it, with %s',
    async ([_name, label], context) => {
      if (!(await hasAws())) context.skip('the AWS CLI is not installed');
      const patient = await ward.admit();
      const { queue } = subscriber(patient.place, 'email');
      const { Policy = '', QueueArn = '' } = await attributesOf(patient.place, queue);
      const policy = JSON.parse(Policy);
      policy.Statement.push({
        ...label,
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:SendMessage',
        Resource: QueueArn,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*order-events' } },
      });
      await setAttributes(patient.place, queue, { Policy: JSON.stringify(policy) });

      const found = onlyFinding(await patient.examine(), {
        id: 'queue-policy',
        subject: 'email',
        verdict: 'fail',
      });

      expect(found.evidence).toContain('"Effect":"Deny","Principal":"*"');
      expect(found.evidence).toContain('denies it');
      await mend(ward, patient, found);
    },
  );

  it.for([
    ['a label', { Sid: 'frozen' }],
    ['none', {}],
  ] as const)(
    'names a statement of the topic policy that forbids to publish, with %s',
    async ([_name, label], context) => {
      if (!(await hasAws())) context.skip('the AWS CLI is not installed');
      const patient = await ward.admit();
      const topicArn = await topicArnOf(patient);
      await endpoint.aws.sns.send(
        new SetTopicAttributesCommand({
          TopicArn: topicArn,
          AttributeName: 'Policy',
          AttributeValue: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                ...label,
                Effect: 'Deny',
                Principal: '*',
                Action: 'sns:Publish',
                Resource: topicArn,
              },
            ],
          }),
        }),
      );

      const found = onlyFinding(await patient.examine(), {
        id: 'topic-policy',
        subject: 'topic',
        verdict: 'fail',
      });

      expect(found.evidence).toContain('"Effect":"Deny","Principal":"*","Action":"sns:Publish"');
      await mend(ward, patient, found);
    },
  );

  it('names a filter policy that lets no order event through', async () => {
    const patient = await ward.admit();
    await setSubscription(patient, 'FilterPolicy', '{"event_type":["order.shipped"]}');

    const found = onlyFinding(await patient.examine(), {
      id: 'filter',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('{"event_type":["order.shipped"]}');
    await mend(ward, patient, found);
  });

  it('names the filter policy that keeps the missing event out, and by which clause', async () => {
    const patient = await ward.admit();
    await setSubscription(patient, 'FilterPolicy', '{"event_type":["order.created"]}');
    const words = ['--event-type', 'order.updated'];

    const found = onlyFinding(await patient.examine('email', ...words), {
      id: 'filter',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('the attribute event_type is "order.updated"');
    await mend(ward, patient, found, 'email', ...words);
  });

  it('names a filter on attributes whose field is in the body', async () => {
    const patient = await ward.admit();
    await setSubscription(patient, 'FilterPolicy', '{"total":[{"numeric":[">",10]}]}');

    const found = onlyFinding(await patient.examine(), {
      id: 'filter',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('total is a field of the body');
    await mend(ward, patient, found);
  });

  it('names raw delivery as what drops a message of eleven attributes', async () => {
    const patient = await ward.admit();
    await setSubscription(patient, 'RawMessageDelivery', 'true');
    const names = Array.from({ length: 11 }, (_, index) => `a${index}`);
    const message = JSON.stringify({
      Message: '{}',
      MessageAttributes: Object.fromEntries(names.map((name) => [name, 'x'])),
    });

    const found = onlyFinding(await patient.examine('email', '--message', message), {
      id: 'delivery',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('11 attributes');
    await mend(ward, patient, found, 'email', '--message', message);
  });

  it('names a message of eleven attributes that raw delivery dropped', async () => {
    const patient = await ward.admit();
    await setSubscription(patient, 'RawMessageDelivery', 'true');
    const names = Array.from({ length: 11 }, (_, index) => `a${index}`);
    const { MessageId } = await endpoint.aws.sns.send(
      new PublishCommand({
        TopicArn: await topicArnOf(patient),
        Message: '{}',
        MessageAttributes: Object.fromEntries(
          names.map((name) => [name, { DataType: 'String', StringValue: 'x' }]),
        ),
      }),
    );

    const found = onlyFinding(await patient.examine('email'), {
      id: 'delivery',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain(`message ${MessageId}`);
    await mend(ward, patient, found, 'email');
  });
});
