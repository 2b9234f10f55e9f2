import {
  ConfirmSubscriptionCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { EngineClock } from '../../../../src/lib/engine/clock/engine-clock.ts';
import {
  ACCOUNT,
  allowTopics,
  OTHER_ACCOUNT,
  REGION,
  refusalOf,
  startSns,
  useSns,
} from '../../../fixtures/sns-engine.ts';

const engine = useSns();

const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

async function attributesOf(SubscriptionArn: string): Promise<Record<string, string>> {
  const input = { SubscriptionArn };
  const { Attributes = {} } = await engine.sns.send(new GetSubscriptionAttributesCommand(input));
  return Attributes;
}

function set(SubscriptionArn: string, AttributeName: string, AttributeValue: string) {
  const input = { SubscriptionArn, AttributeName, AttributeValue };
  return engine.sns.send(new SetSubscriptionAttributesCommand(input));
}

describe('Subscribe', () => {
  test('confirms a queue of the same account at once, with the attributes of AWS', async () => {
    const TopicArn = await engine.topic('plain');
    const Endpoint = queueArn('plain');
    const { $metadata, ...answer } = await engine.sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }),
    );
    const { SubscriptionArn = '' } = answer;
    expect(Object.keys(answer)).toEqual(['SubscriptionArn']);
    expect(SubscriptionArn).toMatch(new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
    expect(await attributesOf(SubscriptionArn)).toEqual({
      SubscriptionArn,
      TopicArn,
      Endpoint,
      Owner: ACCOUNT,
      Protocol: 'sqs',
      RawMessageDelivery: 'false',
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'true',
      SubscriptionPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
    });
    expect(await engine.topicAttributes(TopicArn)).toMatchObject({ SubscriptionsConfirmed: '1' });
  });

  test('keeps the attributes that it is given', async () => {
    const given = {
      RawMessageDelivery: 'true',
      FilterPolicy: '{"kind":["a"]}',
      FilterPolicyScope: 'MessageBody',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead') }),
    };
    const arn = await engine.subscribe(await engine.topic('given'), queueArn('given'), given);
    expect(await attributesOf(arn)).toMatchObject(given);
  });

  test('may be repeated with the same attributes or none', async () => {
    const topic = await engine.topic('again');
    const arn = await engine.subscribe(topic, queueArn('a'), { RawMessageDelivery: 'true' });
    const same: (Record<string, string> | undefined)[] = [
      { RawMessageDelivery: 'true' },
      {},
      undefined,
    ];
    for (const attributes of same) {
      expect(await engine.subscribe(topic, queueArn('a'), attributes)).toBe(arn);
    }
    const others: Record<string, string>[] = [
      { RawMessageDelivery: 'false' },
      { FilterPolicy: '{"a":["b"]}' },
    ];
    for (const attributes of others) {
      expect(await refusalOf(engine.subscribe(topic, queueArn('a'), attributes))).toEqual({
        name: 'InvalidParameterException',
        code: 'InvalidParameter',
        status: 400,
        message:
          'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
      });
    }
    const plain = await engine.subscribe(topic, queueArn('b'));
    expect(await engine.subscribe(topic, queueArn('b'), { RawMessageDelivery: 'false' })).toBe(
      plain,
    );
  });

  const REASON = 'Invalid parameter: Attributes Reason: ';
  test.each([
    [
      'RawMessageDelivery',
      'yes',
      `${REASON}RawMessageDelivery: Invalid value [yes]. Must be true or false.`,
    ],
    [
      'FilterPolicyScope',
      'Body',
      `${REASON}FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes`,
    ],
    ['FilterPolicy', '{', /^Invalid parameter: Attributes Reason: FilterPolicy: /],
    [
      'FilterPolicy',
      '{"a":{"b":["c"]}}',
      `${REASON}Filter policy scope MessageAttributes does not support nested filter policy`,
    ],
    [
      'RawMessageDelivery',
      '',
      `${REASON}RawMessageDelivery: Invalid value []. Must be true or false.`,
    ],
    ['RedrivePolicy', '[]', `${REASON}RedrivePolicy: failed to parse JSON.`],
    [
      'RedrivePolicy',
      '{invalidjson}',
      `${REASON}RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: 2]`,
    ],
    [
      'RedrivePolicy',
      '{"deadLetterTargetArn":"x"}',
      `${REASON}RedrivePolicy: deadLetterTargetArn is an invalid arn`,
    ],
    [
      'RedrivePolicy',
      `{"deadLetterTargetArn":"${queueArn('d')}","maxReceiveCount":3}`,
      `${REASON}RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.`,
    ],
    ['Colour', 'red', `${REASON}Unknown attribute: Colour`],
  ])('refuses %s %s', async (name, value, message) => {
    const topic = await engine.topic('refusals');
    const refused = await refusalOf(engine.subscribe(topic, queueArn('q'), { [name]: value }));
    expect(refused).toMatchObject({ code: 'InvalidParameter', status: 400 });
    if (typeof message === 'string') expect(refused.message).toBe(message);
    else expect(refused.message).toMatch(message);
  });

  test.each([
    [
      'carrier-pigeon',
      'x',
      'InvalidParameter',
      'Invalid parameter: Amazon SNS does not support this protocol string: carrier-pigeon',
    ],
    ['sqs', 'not-an-arn', 'InvalidParameter', 'Invalid parameter: SQS endpoint ARN'],
    [
      'sqs',
      `arn:aws:sns:${REGION}:${ACCOUNT}:t`,
      'InvalidParameter',
      'Invalid parameter: SQS endpoint ARN',
    ],
    [
      'sqs',
      queueArn('q.fifo'),
      'InvalidParameter',
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    ],
  ])('refuses %s %s', async (Protocol, Endpoint, code, message) => {
    const TopicArn = await engine.topic('refusals');
    const input = { TopicArn, Protocol, Endpoint };
    const refused = await refusalOf(engine.sns.send(new SubscribeCommand(input)));
    expect(refused).toMatchObject({ code, status: 400, message });
  });

  test('takes a queue that is not there, in a region that is none', async () => {
    const topic = await engine.topic('anywhere');
    for (const region of [REGION, 'eu-west-1', 'xx-nowhere-1']) {
      const arn = await engine.subscribe(topic, `arn:aws:sqs:${region}:${ACCOUNT}:missing`);
      expect(arn).toMatch(new RegExp(`^${topic}:`));
    }
  });

  test('finds no topic that is not there', async () => {
    const missing = `arn:aws:sns:${REGION}:${ACCOUNT}:missing`;
    expect(await refusalOf(engine.subscribe(missing, queueArn('q')))).toMatchObject({
      code: 'NotFound',
      status: 404,
      message: 'Topic does not exist',
    });
  });
});

describe('subscription attributes', () => {
  test('change one by one, and an empty filter policy is none', async () => {
    const arn = await engine.subscribe(await engine.topic('changes'), queueArn('q'));
    await set(arn, 'FilterPolicyScope', 'MessageBody');
    expect(await attributesOf(arn)).not.toHaveProperty('FilterPolicyScope');
    await set(arn, 'FilterPolicy', '{"a":{"b":["c"]}}');
    await set(arn, 'RawMessageDelivery', 'true');
    expect(await attributesOf(arn)).toMatchObject({
      FilterPolicy: '{"a":{"b":["c"]}}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
    });
    const nested = await refusalOf(set(arn, 'FilterPolicyScope', 'MessageAttributes'));
    expect(nested.message).toBe(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    );
    await set(arn, 'FilterPolicy', '');
    expect(await attributesOf(arn)).not.toHaveProperty('FilterPolicy');
    expect(await refusalOf(set(arn, 'Owner', 'me'))).toMatchObject({
      message: 'Invalid parameter: AttributeName',
    });
  });

  test('are of subscriptions that exist', async () => {
    const missing = `arn:aws:sns:${REGION}:${ACCOUNT}:t:00000000-0000-0000-0000-000000000000`;
    for (const action of [attributesOf(missing), set(missing, 'RawMessageDelivery', 'true')]) {
      expect(await refusalOf(action)).toMatchObject({
        name: 'NotFoundException',
        status: 404,
        message: 'Subscription does not exist',
      });
    }
    expect(await refusalOf(attributesOf('nonsense'))).toMatchObject({
      message:
        'Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1',
    });
  });
});

describe('quotas', () => {
  test('a FIFO topic has at most a hundred subscriptions', async () => {
    const topic = await engine.topic('hundred.fifo');
    for (let index = 0; index < 100; index++) {
      await engine.subscribe(topic, queueArn(`q${index}.fifo`));
    }
    expect(await refusalOf(engine.subscribe(topic, queueArn('q100.fifo')))).toMatchObject({
      name: 'SubscriptionLimitExceededException',
      status: 403,
    });
  });

  test('a topic has at most two hundred filter policies', async () => {
    const topic = await engine.topic('filters');
    const FilterPolicy = '{"a":["b"]}';
    for (let index = 0; index < 200; index++) {
      await engine.subscribe(topic, queueArn(`q${index}`), { FilterPolicy });
    }
    const expected = { name: 'FilterPolicyLimitExceededException', status: 403 };
    const plain = await engine.subscribe(topic, queueArn('plain'));
    expect(await refusalOf(set(plain, 'FilterPolicy', FilterPolicy))).toMatchObject(expected);
    const another = engine.subscribe(topic, queueArn('q200'), { FilterPolicy });
    expect(await refusalOf(another)).toMatchObject(expected);
  });
});

describe('Unsubscribe', () => {
  test('ends a subscription, and again is not an error', async () => {
    const TopicArn = await engine.topic('left');
    const SubscriptionArn = await engine.subscribe(TopicArn, queueArn('q'));
    await engine.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await engine.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect(await engine.topicAttributes(TopicArn)).toMatchObject({
      SubscriptionsConfirmed: '0',
      SubscriptionsDeleted: '1',
    });
    expect(await refusalOf(attributesOf(SubscriptionArn))).toMatchObject({ status: 404 });
  });

  test("does not tell whether another account's subscription exists", async () => {
    const SubscriptionArn = `arn:aws:sns:${REGION}:${OTHER_ACCOUNT}:t:45f03920-f890-4a2f-bd77-32f9689b8013`;
    const refused = await refusalOf(engine.sns.send(new UnsubscribeCommand({ SubscriptionArn })));
    expect(refused).toMatchObject({ code: 'AuthorizationError', status: 403 });
    expect(refused.message).toContain(
      `is not authorized to perform: SNS:Unsubscribe on resource: ${SubscriptionArn}`,
    );
  });

  test('says what is missing', async () => {
    const missing = {
      code: 'InvalidParameter',
      status: 400,
      message: 'Invalid parameter: SubscriptionArn Reason: no value for required parameter',
    };
    expect(
      await refusalOf(engine.sns.send(new UnsubscribeCommand({ SubscriptionArn: '' }))),
    ).toMatchObject(missing);
    const answer = await fetch(`${engine.running.endpoint}/?Action=Unsubscribe&Version=2010-03-31`);
    expect(await answer.text()).toContain(`<Message>${missing.message}</Message>`);
  });

  test('refuses what is not a subscription ARN', async () => {
    const refused = (SubscriptionArn: string) =>
      refusalOf(engine.sns.send(new UnsubscribeCommand({ SubscriptionArn })));
    expect((await refused('x')).message).toBe(
      'Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1',
    );
    expect((await refused(`arn:aws:sns:eu-west-1:${ACCOUNT}:t:0-0`)).message).toBe(
      'Invalid parameter: SubscriptionArn',
    );
    expect((await refused(`arn:aws:sns:${REGION}:${ACCOUNT}:t`)).message).toBe(
      'Invalid parameter: SubscriptionId',
    );
  });
});

describe('lists', () => {
  test('come a hundred at a time, by topic and by account', async () => {
    const { sns } = engine.clients(ACCOUNT, 'eu-west-1');
    const TopicArn = `arn:aws:sns:eu-west-1:${ACCOUNT}:many`;
    const { CreateTopicCommand } = await import('@aws-sdk/client-sns');
    await sns.send(new CreateTopicCommand({ Name: 'many' }));
    for (let index = 0; index < 101; index++) {
      const Endpoint = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q${index}`;
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    }
    for (const read of [
      (NextToken?: string) => sns.send(new ListSubscriptionsCommand({ NextToken })),
      (NextToken?: string) =>
        sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken })),
    ]) {
      const first = await read();
      const second = await read(first.NextToken);
      expect(first.Subscriptions).toHaveLength(100);
      expect(second.NextToken).toBeUndefined();
      expect(second.Subscriptions).toEqual([
        {
          TopicArn,
          SubscriptionArn: expect.stringMatching(TopicArn),
          Owner: ACCOUNT,
          Protocol: 'sqs',
          Endpoint: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q100`,
        },
      ]);
    }
    const other = engine.clients(OTHER_ACCOUNT, 'eu-west-1').sns;
    expect((await other.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([]);
  });

  test('show subscriptions for a while after their topic, until they are unsubscribed', async () => {
    const clock = new EngineClock();
    const strict = await startSns({ strictTimings: true, clock });
    try {
      const TopicArn = await strict.topic('gone');
      const SubscriptionArn = await strict.subscribe(TopicArn, queueArn('q'));
      await strict.sns.send(new DeleteTopicCommand({ TopicArn }));
      await strict.topic('gone');
      const list = async () =>
        (await strict.sns.send(new ListSubscriptionsCommand({}))).Subscriptions;
      expect(await list()).toMatchObject([{ SubscriptionArn }]);
      const byTopic = await strict.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      expect(byTopic.Subscriptions).toEqual([]);
      await strict.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      expect(await list()).toEqual([]);

      await strict.subscribe(TopicArn, queueArn('q'));
      await strict.sns.send(new DeleteTopicCommand({ TopicArn }));
      expect(await list()).toHaveLength(1);
      await clock.advance(5 * 60 * 1000);
      expect(await list()).toEqual([]);
    } finally {
      await strict.stop();
    }
  });
});

describe('a queue of another account', () => {
  test('is pending until its owner confirms with the token in the queue', async () => {
    const { CreateQueueCommand, ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const other = engine.clients(OTHER_ACCOUNT);
    const Endpoint = `arn:aws:sqs:${REGION}:${OTHER_ACCOUNT}:theirs`;
    const { QueueUrl } = await other.sqs.send(
      new CreateQueueCommand({
        QueueName: 'theirs',
        Attributes: { Policy: allowTopics(Endpoint) },
      }),
    );
    const TopicArn = await engine.topic('shared');
    expect(await engine.subscribe(TopicArn, Endpoint)).toBe('pending confirmation');
    const { SubscriptionArn = '' } = await engine.sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true }),
    );
    expect(SubscriptionArn).toMatch(new RegExp(`^${TopicArn}:`));
    expect(await engine.topicAttributes(TopicArn)).toMatchObject({
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '1',
    });
    const listed = await engine.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(listed.Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }]);

    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'too early' }));
    const { Messages = [] } = await other.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const [confirmation] = Messages.map(({ Body = '' }) => JSON.parse(Body));
    expect(confirmation).toMatchObject({ Type: 'SubscriptionConfirmation', TopicArn });
    const confirm = (Token: string, topic = TopicArn) =>
      other.sns.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token }));
    for (const [token, topic, message] of [
      ['wrong', TopicArn, 'Invalid token'],
      ['abc123', TopicArn, 'Invalid parameter: Token'],
      ['abc123', `${TopicArn}i`, 'Invalid parameter: Token'],
      [confirmation.Token, 'not-an-arn', 'Invalid parameter: Topic'],
      [confirmation.Token, TopicArn.replace(REGION, 'eu-west-1'), 'Invalid parameter: Topic'],
    ] as const) {
      const refused = { code: 'InvalidParameter', status: 400, message };
      expect(await refusalOf(confirm(token, topic))).toMatchObject(refused);
    }
    // The token finds the subscription, of whatever topic of the region the request speaks, and however often.
    expect((await confirm(confirmation.Token, `${TopicArn}i`)).SubscriptionArn).toBe(
      SubscriptionArn,
    );
    expect((await confirm(confirmation.Token)).SubscriptionArn).toBe(SubscriptionArn);
    const url = new URL(confirmation.SubscribeURL);
    for (let time = 0; time < 2; time += 1) {
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain(`<SubscriptionArn>${SubscriptionArn}<`);
    }
    url.searchParams.set('TopicArn', TopicArn.replace(REGION, 'eu-west-1'));
    expect(await (await fetch(url)).text()).toContain(
      '<Message>Invalid parameter: Topic</Message>',
    );

    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'in time' }));
    const after = await other.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(after.Messages?.[0]?.Body ?? '').Message).toBe('in time');
  });
});
