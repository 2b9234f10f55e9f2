import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetDataProtectionPolicyCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PutDataProtectionPolicyCommand,
  RemovePermissionCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, OTHER_ACCOUNT, REGION, refusalOf, useSns } from '../../../fixtures/sns-engine.ts';

const engine = useSns();

const arnOf = (name: string) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;

const TAGS = 'Invalid parameter: Tags Reason: The given tag(s) contain invalid characters';

const DELIVERY_POLICY = {
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
};

const defaultPolicy = (arn: string) => ({
  Version: '2008-10-17',
  Id: '__default_policy_ID',
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: [
        'SNS:GetTopicAttributes',
        'SNS:SetTopicAttributes',
        'SNS:AddPermission',
        'SNS:RemovePermission',
        'SNS:DeleteTopic',
        'SNS:Subscribe',
        'SNS:ListSubscriptionsByTopic',
        'SNS:Publish',
      ],
      Resource: arn,
      Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } },
    },
  ],
});

describe('CreateTopic', () => {
  test('answers with the ARN and nothing else', async () => {
    const { $metadata, ...answer } = await engine.sns.send(
      new CreateTopicCommand({ Name: 'made' }),
    );
    expect(answer).toEqual({ TopicArn: arnOf('made') });
  });

  test('gives a topic the attributes that AWS gives it', async () => {
    const arn = await engine.topic('defaults');
    const { Policy, EffectiveDeliveryPolicy, ...rest } = await engine.topicAttributes(arn);
    expect(rest).toEqual({
      TopicArn: arn,
      Owner: ACCOUNT,
      DisplayName: '',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
    });
    expect(JSON.parse(Policy ?? '')).toEqual(defaultPolicy(arn));
    expect(JSON.parse(EffectiveDeliveryPolicy ?? '')).toEqual(DELIVERY_POLICY);
  });

  test('gives a FIFO topic its own attributes as well', async () => {
    const arn = await engine.topic('defaults.fifo');
    const { Policy, EffectiveDeliveryPolicy, ...rest } = await engine.topicAttributes(arn);
    expect(rest).toEqual({
      TopicArn: arn,
      Owner: ACCOUNT,
      DisplayName: '',
      FifoTopic: 'true',
      ContentBasedDeduplication: 'false',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
    });
  });

  test('takes true and false in any case', async () => {
    const TopicArn = await engine.topic('Cases.fifo', {
      FifoTopic: 'True',
      ContentBasedDeduplication: 'TRUE',
    });
    expect(await engine.topicAttributes(TopicArn)).toMatchObject({
      FifoTopic: 'true',
      ContentBasedDeduplication: 'true',
    });
  });

  test('keeps what it is given', async () => {
    const given = {
      DisplayName: 'Orders',
      SignatureVersion: '2',
      TracingConfig: 'PassThrough',
      KmsMasterKeyId: 'alias/aws/sns',
      MaximumMessageSize: '1048576',
      SQSSuccessFeedbackSampleRate: '100',
    };
    expect(await engine.topicAttributes(await engine.topic('given', given))).toMatchObject(given);
    const traced = await engine.topic('traced.fifo', {
      FifoTopic: 'true',
      TracingConfig: 'Active',
      KmsMasterKeyId: 'unknown',
    });
    expect(await engine.topicAttributes(traced)).toMatchObject({ TracingConfig: 'Active' });
  });

  test('may be repeated for less, or for the same', async () => {
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ];
    const Attributes = { DisplayName: 'Again' };
    const first = { Name: 'again', Tags, Attributes };
    const { TopicArn } = await engine.sns.send(new CreateTopicCommand(first));
    for (const repeat of [first, { Name: 'again' }, { Name: 'again', Tags: Tags.slice(1) }]) {
      const answer = await engine.sns.send(new CreateTopicCommand(repeat));
      expect(answer.TopicArn).toBe(TopicArn);
    }
  });

  test('refuses to make a topic over that has other attributes or tags', async () => {
    await engine.topic('other', { DisplayName: 'One' });
    const again = (more: object) =>
      refusalOf(engine.sns.send(new CreateTopicCommand({ Name: 'other', ...more })));
    expect(await again({ Attributes: { DisplayName: 'Two' } })).toEqual({
      name: 'InvalidParameterException',
      code: 'InvalidParameter',
      status: 400,
      message:
        'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    });
    expect(await again({ Tags: [{ Key: 'k', Value: 'v' }] })).toMatchObject({
      message: 'Invalid parameter: Tags Reason: Topic already exists with different tags',
    });
  });

  test.each([
    ['a space', { Name: 'a b' }, 'Invalid parameter: Topic Name'],
    ['nothing', { Name: '' }, 'Invalid parameter: Topic Name'],
    ['257 letters', { Name: 'n'.repeat(257) }, 'Invalid parameter: Topic Name'],
    ['.fifo alone', { Name: 'x.fifo' }, 'Invalid parameter: Topic Name'],
    [
      'FifoTopic alone',
      { Name: 'x', Attributes: { FifoTopic: 'true' } },
      'Invalid parameter: Topic Name',
    ],
    [
      'FifoTopic maybe',
      { Name: 'x', Attributes: { FifoTopic: 'maybe' } },
      'Invalid parameter: Attributes Reason: FifoTopic: Invalid value [maybe]. Must be true or false.',
    ],
    [
      'a sample rate of 101',
      { Name: 'x', Attributes: { SQSSuccessFeedbackSampleRate: '101' } },
      'Invalid parameter: Attributes Reason: SQSSuccessFeedbackSampleRate: 101 value provided is not an integer between 0-100',
    ],
    [
      'a data protection policy of no direction',
      { Name: 'x', DataProtectionPolicy: '{"Statement":[{"DataDirection":"Inbxound"}]}' },
      'Invalid parameter: DataProtectionPolicy Reason: Statement DataDirection must be either Inbound or Outbound',
    ],
    ['a comma in a tag', { Name: 'x', Tags: [{ Key: 'k', Value: 'a,b' }] }, TAGS],
    ['a control character in a tag', { Name: 'x', Tags: [{ Key: 'k', Value: '\u0001' }] }, TAGS],
    ['markup in the key of a tag', { Name: 'x', Tags: [{ Key: '<k>', Value: '' }] }, TAGS],
    [
      'an unknown attribute',
      { Name: 'x', Attributes: { Colour: 'red' } },
      'Invalid parameter: Attributes Reason: Unknown attribute Colour',
    ],
    [
      'a tag key twice',
      {
        Name: 'x',
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'k', Value: '2' },
        ],
      },
      'Invalid parameter: Duplicated keys are not allowed.',
    ],
  ])('refuses %s', async (_what, input, message) => {
    const refused = await refusalOf(engine.sns.send(new CreateTopicCommand(input)));
    expect(refused).toMatchObject({ code: 'InvalidParameter', status: 400, message });
  });
});

describe('topics', () => {
  test('are listed a hundred at a time, each once, in their own region and account only', async () => {
    const { sns } = engine.clients(ACCOUNT, 'eu-west-1');
    const names = Array.from({ length: 205 }, (_, index) => `t${index}`);
    for (const Name of names) await sns.send(new CreateTopicCommand({ Name }));
    const sizes: number[] = [];
    const arns: string[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await sns.send(new ListTopicsCommand({ NextToken }));
      sizes.push(answer.Topics?.length ?? 0);
      arns.push(...(answer.Topics ?? []).map(({ TopicArn = '' }) => TopicArn));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([100, 100, 5]);
    expect(new Set(arns)).toEqual(
      new Set(names.map((name) => `arn:aws:sns:eu-west-1:${ACCOUNT}:${name}`)),
    );
    const elsewhere = engine.clients(OTHER_ACCOUNT, 'eu-west-1').sns;
    expect((await elsewhere.send(new ListTopicsCommand({}))).Topics).toEqual([]);
    const bad = await refusalOf(sns.send(new ListTopicsCommand({ NextToken: 'nonsense' })));
    expect(bad).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: NextToken',
    });
  });

  test('are gone once deleted, and deleting again is not an error', async () => {
    const TopicArn = await engine.topic('short-lived');
    await engine.sns.send(new DeleteTopicCommand({ TopicArn }));
    await engine.sns.send(new DeleteTopicCommand({ TopicArn }));
    const refused = await refusalOf(engine.sns.send(new GetTopicAttributesCommand({ TopicArn })));
    expect(refused).toEqual({
      name: 'NotFoundException',
      code: 'NotFound',
      status: 404,
      message: 'Topic does not exist',
    });
  });

  test.each([
    [
      'no ARN',
      'orders',
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    ],
    ['a queue', `arn:aws:sqs:${REGION}:${ACCOUNT}:q`, 'Invalid parameter: TopicArn'],
    ['another region', `arn:aws:sns:eu-west-1:${ACCOUNT}:t0`, 'Invalid parameter: TopicArn'],
  ])('are not found by %s', async (_what, TopicArn, message) => {
    const refused = await refusalOf(engine.sns.send(new GetTopicAttributesCommand({ TopicArn })));
    expect(refused).toMatchObject({ code: 'InvalidParameter', status: 400, message });
  });

  test('take attributes one by one, and refuse others', async () => {
    const TopicArn = await engine.topic('settings');
    const set = (AttributeName: string, AttributeValue: string) =>
      engine.sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
    await set('DisplayName', 'Named');
    await set('MaximumMessageSize', '1048576');
    await set('MaximumMessageSize', '1024');
    await set('DeliveryPolicy', '{"http":{"disableSubscriptionOverrides":true}}');
    const attributes = await engine.topicAttributes(TopicArn);
    expect(attributes).toMatchObject({
      DisplayName: 'Named',
      MaximumMessageSize: '1024',
      DeliveryPolicy: '{"http":{"disableSubscriptionOverrides":true}}',
    });
    expect(JSON.parse(attributes.EffectiveDeliveryPolicy ?? '')).toMatchObject({
      http: { disableSubscriptionOverrides: true },
    });
    for (const [name, value, message] of [
      ['Colour', 'red', 'Invalid parameter: AttributeName'],
      ['FifoTopic', 'true', 'Invalid parameter: AttributeName'],
      ['Policy', '{', 'Invalid parameter: Policy Error: null'],
      ['SignatureVersion', '3', /^Invalid parameter: SignatureVersion: /],
      ['MaximumMessageSize', '1023', /^Invalid parameter: MaximumMessageSize: /],
      ['MaximumMessageSize', '1048577', /^Invalid parameter: MaximumMessageSize: /],
      ['ContentBasedDeduplication', 'true', /^Invalid parameter: ContentBasedDeduplication: /],
    ] as const) {
      const refused = await refusalOf(set(name, value));
      expect(refused).toMatchObject({ code: 'InvalidParameter', status: 400 });
      if (typeof message === 'string') expect(refused.message).toBe(message);
      else expect(refused.message).toMatch(message);
    }
  });

  test.each(['SNS:*', 'sns:CreateTopic', 'sqs:SendMessage'])(
    'refuse a policy about %s',
    async (Action) => {
      const TopicArn = await engine.topic('scope');
      const statement = { Effect: 'Allow', Principal: '*', Action, Resource: TopicArn };
      const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const input = { TopicArn, AttributeName: 'Policy', AttributeValue };
      expect(await refusalOf(engine.sns.send(new SetTopicAttributesCommand(input)))).toMatchObject({
        code: 'InvalidParameter',
        message: 'Invalid parameter: Policy statement action out of service scope!',
      });
    },
  );

  test.each<[what: string, statements: object[], message: string | undefined]>([
    ['two statements without ids', [{}, {}], 'Every policy statement must have a unique ID'],
    ['an id twice', [{ Sid: 'a' }, { Sid: 'a' }], 'Every policy statement must have a unique ID'],
    ['an id and none', [{ Sid: 'a' }, {}], 'Every policy statement must have a unique ID'],
    [
      'two resources',
      [{ Resource: [arnOf('ids'), arnOf('other')] }],
      'Policy statement must apply to a single resource!',
    ],
    ['one statement without an id', [{}], undefined],
    ['two ids', [{ Sid: 'a' }, { Sid: 'b' }], undefined],
    ['a list of one resource', [{ Resource: [arnOf('ids')] }], undefined],
  ])('may have a policy with %s, or not', async (_what, statements, message) => {
    const TopicArn = await engine.topic('ids');
    const AttributeValue = JSON.stringify({
      Version: '2012-10-17',
      Statement: statements.map((statement) => ({
        Effect: 'Allow',
        Principal: '*',
        Action: 'SNS:Publish',
        Resource: TopicArn,
        ...statement,
      })),
    });
    const input = { TopicArn, AttributeName: 'Policy', AttributeValue };
    const set = engine.sns.send(new SetTopicAttributesCommand(input));
    if (message === undefined) await set;
    else {
      expect(await refusalOf(set)).toMatchObject({
        code: 'InvalidParameter',
        message: `Invalid parameter: ${message}`,
      });
    }
  });

  test('show a delivery policy as AWS does, and what follows from it', async () => {
    const TopicArn = await engine.topic('delivery.fifo', {
      DeliveryPolicy: '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}',
    });
    const http = async () => {
      const shown = await engine.topicAttributes(TopicArn);
      return [shown.DeliveryPolicy, shown.EffectiveDeliveryPolicy].map(
        (text) => text && JSON.parse(text).http,
      );
    };
    const set = (value: unknown) =>
      engine.sns.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: 'DeliveryPolicy',
          AttributeValue: typeof value === 'string' ? value : JSON.stringify(value),
        }),
      );
    const system = DELIVERY_POLICY.http;
    const json = { headerContentType: 'application/json' };
    expect(await http()).toEqual([
      { disableSubscriptionOverrides: false, defaultRequestPolicy: json },
      { ...system, defaultRequestPolicy: json },
    ]);
    const retries = { minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1 };
    await set({ http: { defaultHealthyRetryPolicy: retries } });
    expect(await http()).toEqual([
      { defaultHealthyRetryPolicy: retries, disableSubscriptionOverrides: false },
      {
        ...system,
        defaultHealthyRetryPolicy: { ...system.defaultHealthyRetryPolicy, ...retries },
      },
    ]);
    await set({ http: { defaultHealthyRetryPolicy: null } });
    expect(await http()).toEqual([{ disableSubscriptionOverrides: false }, system]);
    await set('');
    expect(await http()).toEqual([undefined, system]);
    for (const [policy, message] of [
      [{ numRetries: 101 }, 'numRetries must be less than or equal to 100'],
      [{ minDelayTarget: 0 }, 'minDelayTarget must be greater than or equal to 1'],
      [
        { minDelayTarget: 30, maxDelayTarget: 20 },
        'maxDelayTarget must be greater than or equal to minDelayTarget',
      ],
      [
        { backoffFunction: 'fibonacci' },
        'backoffFunction must be one of arithmetic, exponential, geometric, linear',
      ],
    ] as const) {
      const refused = await refusalOf(set({ http: { defaultHealthyRetryPolicy: policy } }));
      expect(refused.message).toBe(
        `Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.${message}`,
      );
    }
  });

  test('keep a data protection policy', async () => {
    const ResourceArn = await engine.topic('protected');
    const read = () => engine.sns.send(new GetDataProtectionPolicyCommand({ ResourceArn }));
    expect((await read()).DataProtectionPolicy).toBeUndefined();
    const DataProtectionPolicy = '{"Name":"p","Statement":[]}';
    await engine.sns.send(
      new PutDataProtectionPolicyCommand({ ResourceArn, DataProtectionPolicy }),
    );
    expect((await read()).DataProtectionPolicy).toBe(DataProtectionPolicy);
    const unreadable = { ResourceArn, DataProtectionPolicy: '{' };
    const refused = refusalOf(engine.sns.send(new PutDataProtectionPolicyCommand(unreadable)));
    expect(await refused).toMatchObject({ code: 'InvalidParameter', status: 400 });
    expect((await read()).DataProtectionPolicy).toBe(DataProtectionPolicy);
    const none = { ResourceArn, DataProtectionPolicy: '' };
    await engine.sns.send(new PutDataProtectionPolicyCommand(none));
    expect((await read()).DataProtectionPolicy).toBeUndefined();
  });
});

describe('tags', () => {
  test('are added, replaced and removed', async () => {
    const ResourceArn = await engine.topic('tagged');
    const list = async () =>
      (await engine.sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
    expect(await list()).toEqual([]);
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ];
    await engine.sns.send(new TagResourceCommand({ ResourceArn, Tags }));
    await engine.sns.send(
      new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'a', Value: '2' }] }),
    );
    expect(await list()).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '' },
    ]);
    await engine.sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a', 'none'] }));
    expect(await list()).toEqual([{ Key: 'b', Value: '' }]);
  });

  test('are at most fifty, and only of topics', async () => {
    const ResourceArn = await engine.topic('many-tags');
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    expect(
      await refusalOf(engine.sns.send(new TagResourceCommand({ ResourceArn, Tags }))),
    ).toMatchObject({ code: 'TagLimitExceeded', status: 400 });
    expect(
      await refusalOf(
        engine.sns.send(new ListTagsForResourceCommand({ ResourceArn: arnOf('nowhere') })),
      ),
    ).toEqual({
      name: 'ResourceNotFoundException',
      code: 'ResourceNotFound',
      status: 404,
      message: 'Resource does not exist',
    });
  });
});

describe('permissions', () => {
  test('are statements of the policy, by label', async () => {
    const TopicArn = await engine.topic('permitted');
    const input = {
      TopicArn,
      Label: 'friends',
      AWSAccountId: [OTHER_ACCOUNT],
      ActionName: ['Publish'],
    };
    await engine.sns.send(new AddPermissionCommand(input));
    const statements = async () =>
      JSON.parse((await engine.topicAttributes(TopicArn)).Policy ?? '').Statement;
    expect(await statements()).toEqual([
      ...defaultPolicy(TopicArn).Statement,
      {
        Sid: 'friends',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
        Action: 'SNS:Publish',
        Resource: TopicArn,
      },
    ]);
    expect(await refusalOf(engine.sns.send(new AddPermissionCommand(input)))).toMatchObject({
      message: 'Invalid parameter: Statement already exists',
    });
    for (const list of ['ActionName', 'AWSAccountId']) {
      const given = { ...input, Label: 'nobody', [list]: [] };
      expect(await refusalOf(engine.sns.send(new AddPermissionCommand(given)))).toMatchObject({
        message: `Invalid parameter: ${list}`,
      });
    }
    await engine.sns.send(new RemovePermissionCommand({ TopicArn, Label: 'friends' }));
    expect(await statements()).toEqual(defaultPolicy(TopicArn).Statement);
    await engine.sns.send(
      new RemovePermissionCommand({ TopicArn, Label: '__default_statement_ID' }),
    );
    expect(await statements()).toEqual([]);
  });

  test('decide what another account may do', async () => {
    const TopicArn = await engine.topic('guarded');
    const other = engine.clients(OTHER_ACCOUNT).sns;
    const read = () => other.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(await refusalOf(read())).toEqual({
      name: 'AuthorizationErrorException',
      code: 'AuthorizationError',
      status: 403,
      message:
        `User: arn:aws:iam::${OTHER_ACCOUNT}:root is not authorized to perform: ` +
        `SNS:GetTopicAttributes on resource: ${TopicArn} because no resource-based policy ` +
        'allows the SNS:GetTopicAttributes action',
    });
    await engine.sns.send(
      new AddPermissionCommand({
        TopicArn,
        Label: 'look',
        AWSAccountId: [OTHER_ACCOUNT],
        ActionName: ['GetTopicAttributes'],
      }),
    );
    expect((await read()).Attributes?.Owner).toBe(ACCOUNT);
  });

  test('may be denied to the owner', async () => {
    const TopicArn = await engine.topic('denied');
    const Statement = [
      { Effect: 'Deny', Principal: '*', Action: 'SNS:Subscribe', Resource: TopicArn },
    ];
    await engine.sns.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
    const refused = await refusalOf(
      engine.subscribe(TopicArn, `arn:aws:sqs:${REGION}:${ACCOUNT}:q`),
    );
    expect(refused).toMatchObject({ code: 'AuthorizationError', status: 403 });
    expect(refused.message).toMatch(/with an explicit deny in a resource-based policy$/);
  });
});
