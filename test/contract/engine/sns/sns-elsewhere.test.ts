import {
  CheckIfPhoneNumberIsOptedOutCommand,
  ConfirmSubscriptionCommand,
  CreatePlatformApplicationCommand,
  CreatePlatformEndpointCommand,
  DeleteEndpointCommand,
  DeletePlatformApplicationCommand,
  GetEndpointAttributesCommand,
  GetPlatformApplicationAttributesCommand,
  GetSMSAttributesCommand,
  GetSubscriptionAttributesCommand,
  ListEndpointsByPlatformApplicationCommand,
  ListPhoneNumbersOptedOutCommand,
  ListPlatformApplicationsCommand,
  OptInPhoneNumberCommand,
  PublishCommand,
  type PublishCommandInput,
  SetEndpointAttributesCommand,
  SetPlatformApplicationAttributesCommand,
  SetSMSAttributesCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, OTHER_ACCOUNT, REGION, refusalOf, useSns } from '../../../fixtures/sns-engine.ts';

const engine = useSns();

interface Told {
  readonly number: number;
  readonly type: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly subject?: string;
  readonly body: string;
  readonly token?: string;
}

async function told(query: Record<string, string>): Promise<Told[]> {
  const url = `${engine.running.endpoint}/_pubsub/deliveries?${new URLSearchParams(query)}`;
  return ((await (await fetch(url)).json()) as { deliveries: Told[] }).deliveries;
}

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:work`;
const STREAM = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/archive`;
const ROLE = { SubscriptionRoleArn: `arn:aws:iam::${ACCOUNT}:role/writer` };

const subscribe = (
  TopicArn: string,
  Protocol: string,
  Endpoint: string,
  Attributes?: Record<string, string>,
) => engine.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }));

const publish = (input: Partial<PublishCommandInput>) =>
  engine.sns.send(new PublishCommand({ Message: 'hello', ...input }));

describe('subscriptions that need no confirmation', () => {
  test.each([
    ['sms', '+15551234567', {}],
    ['sms', '+15/55-512.34567', {}],
    ['lambda', FUNCTION, {}],
    ['lambda', `${FUNCTION}:live`, {}],
    ['firehose', STREAM, ROLE],
  ])('%s %s', async (protocol, endpoint, attributes) => {
    const topic = await engine.topic(`direct-${protocol}`);
    const { SubscriptionArn } = await subscribe(topic, protocol, endpoint, attributes);
    const { Attributes } = await engine.sns.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn }),
    );
    expect(Attributes).toMatchObject({
      ...attributes,
      Protocol: protocol,
      Endpoint: endpoint,
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'true',
      RawMessageDelivery: 'false',
    });
  });

  test.each([
    ['sms', 'NAA+15551234567', 'Invalid SMS endpoint: NAA+15551234567'],
    ['sms', '+15--55', 'Invalid SMS endpoint: +15--55'],
    ['sms', '+1555-', 'Invalid SMS endpoint: +1555-'],
    ['email', 'nobody', 'Invalid parameter: Email address'],
    ['email-json', 'a b@example.com', 'Invalid parameter: Email address'],
    ['lambda', 'arn:aws:lambda:us-east-1:1:function:f', 'Invalid parameter: Lambda endpoint ARN'],
    ['application', 'x', 'Invalid parameter: Application endpoint arn invalid:x'],
    [
      'firehose',
      STREAM,
      'Invalid parameter: Attributes Reason: SubscriptionRoleArn: a role that may write to the delivery stream is required',
    ],
    [
      'constructor',
      'x',
      'Invalid parameter: Amazon SNS does not support this protocol string: constructor',
    ],
  ])('%s refuses %s', async (protocol, endpoint, message) => {
    const topic = await engine.topic('refusing');
    expect(await refusalOf(subscribe(topic, protocol, endpoint))).toMatchObject({
      code: 'InvalidParameter',
      message,
    });
  });

  test.each([
    ['email', 'raw@example.com'],
    ['email-json', 'raw@example.com'],
    ['sms', '+15551239999'],
    ['lambda', FUNCTION],
  ])('%s has no raw delivery', async (protocol, endpoint) => {
    const topic = await engine.topic(`raw-${protocol}`);
    const fault = `Delivery protocol [${protocol}] does not support raw message delivery.`;
    const raw = { RawMessageDelivery: 'true' };
    expect((await refusalOf(subscribe(topic, protocol, endpoint, raw))).message).toBe(
      `Invalid parameter: Attributes Reason: ${fault}`,
    );
    const off = { RawMessageDelivery: 'false' };
    const { SubscriptionArn } = await engine.sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: protocol,
        Endpoint: endpoint,
        Attributes: off,
        ReturnSubscriptionArn: true,
      }),
    );
    const set = new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'RawMessageDelivery',
      AttributeValue: 'true',
    });
    expect((await refusalOf(engine.sns.send(set))).message).toBe(`Invalid parameter: ${fault}`);
  });

  test.each(['sms', 'email', 'lambda', 'https'])(
    'a FIFO topic has none of %s',
    async (protocol) => {
      const topic = await engine.topic('only-queues.fifo');
      expect((await refusalOf(subscribe(topic, protocol, 'x'))).message).toBe(
        'Invalid parameter: Invalid parameter: Endpoint Reason: Please use FIFO SQS queue',
      );
    },
  );
});

describe('what is delivered', () => {
  test('is kept in the form of each protocol', async () => {
    const topic = await engine.topic('forms');
    const arns: Record<string, string | undefined> = {};
    for (const [protocol, endpoint, attributes] of [
      ['sms', '+15551230001', undefined],
      ['lambda', FUNCTION, undefined],
      ['firehose', STREAM, { ...ROLE, RawMessageDelivery: 'true' }],
    ] as const) {
      arns[protocol] = (await subscribe(topic, protocol, endpoint, attributes)).SubscriptionArn;
    }
    const { MessageId } = await publish({
      TopicArn: topic,
      Subject: 'S',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } },
    });
    const of = async (protocol: string) => (await told({ protocol, topic })).at(-1);
    expect(await of('sms')).toMatchObject({
      endpoint: '+15551230001',
      subscriptionArn: arns.sms,
      messageId: MessageId,
      subject: 'S',
      body: 'hello',
      state: 'kept',
      attributes: { kind: { dataType: 'String', value: 'a' } },
    });
    expect((await of('firehose'))?.body).toBe('hello');
    const event = JSON.parse((await of('lambda'))?.body ?? '');
    expect(event.Records).toMatchObject([
      { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: arns.lambda },
    ]);
    expect(event.Records[0].Sns).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn: topic,
      Subject: 'S',
      Message: 'hello',
      Timestamp: expect.any(String),
      SignatureVersion: '1',
      Signature: expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      SigningCertUrl: expect.stringContaining('.pem'),
      UnsubscribeUrl: expect.stringContaining(String(arns.lambda)),
      MessageAttributes: { kind: { Type: 'String', Value: 'a' } },
    });
  });

  test('passes the filter policy first, and is the text of the protocol', async () => {
    const topic = await engine.topic('texts');
    await subscribe(topic, 'sms', '+15551230002', { FilterPolicy: '{"kind":["a"]}' });
    for (const kind of ['a', 'b']) {
      await publish({
        TopicArn: topic,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: 'any', sms: `short ${kind}`, sqs: 'queue' }),
        MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
      });
    }
    expect((await told({ endpoint: '+15551230002' })).map(({ body }) => body)).toEqual(['short a']);
  });

  test.each(['email', 'email-json'])('to %s comes after the owner confirmed', async (protocol) => {
    const topic = await engine.topic(`mail-${protocol}`);
    const endpoint = `${protocol}@example.com`;
    expect((await subscribe(topic, protocol, endpoint)).SubscriptionArn).toBe(
      'pending confirmation',
    );
    await publish({ TopicArn: topic, Message: 'too early' });
    await subscribe(topic, protocol, endpoint);
    const asked = await told({ endpoint });
    expect(asked.map(({ type }) => type)).toEqual([
      'SubscriptionConfirmation',
      'SubscriptionConfirmation',
    ]);
    await engine.sns.send(
      new ConfirmSubscriptionCommand({ TopicArn: topic, Token: asked[0]?.token }),
    );
    await publish({ TopicArn: topic, Subject: 'S' });
    const [, , mail] = await told({ endpoint });
    expect(mail).toMatchObject({ type: 'Notification', subject: 'S' });
    if (protocol === 'email') expect(mail?.body).toBe('hello');
    else expect(JSON.parse(mail?.body ?? '')).toMatchObject({ Message: 'hello', Subject: 'S' });
  });
});

describe('a phone', () => {
  test('gets a message without a topic', async () => {
    const { MessageId, ...answer } = await publish({ PhoneNumber: '+15551234567' });
    expect(Object.keys(answer)).toEqual(['$metadata']);
    expect((await told({ endpoint: '+15551234567' })).at(-1)).toMatchObject({
      protocol: 'sms',
      body: 'hello',
      messageId: MessageId,
    });
    await publish({ PhoneNumber: '+15551234567', Message: '€'.repeat(1600) });
    const longer = publish({ PhoneNumber: '+15551234567', Message: 'x'.repeat(1601) });
    expect(await refusalOf(longer)).toMatchObject({
      message: 'Invalid parameter: Message too long',
    });
    expect(await refusalOf(publish({ PhoneNumber: '+15551234567', Message: '' }))).toMatchObject({
      message: 'Invalid parameter: Empty message',
    });
  });

  test.each(['+1a234', 'NAA+15551234567', '', '15551234567'])(
    'is none: %j',
    async (PhoneNumber) => {
      expect(await refusalOf(publish({ PhoneNumber }))).toMatchObject({
        code: 'InvalidParameter',
        status: 400,
        message: `Invalid parameter: PhoneNumber Reason: ${PhoneNumber} is not valid to publish to`,
      });
    },
  );

  test('has not opted out, and may opt in', async () => {
    const { sns } = engine;
    const phoneNumber = '+15551234567';
    const asked = await sns.send(new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber }));
    expect(asked.isOptedOut).toBe(false);
    await sns.send(new OptInPhoneNumberCommand({ phoneNumber }));
    expect((await sns.send(new ListPhoneNumbersOptedOutCommand({}))).phoneNumbers).toEqual([]);
    const bad = new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber: '+15551234567ext' });
    expect((await refusalOf(sns.send(bad))).message).toBe(
      'Invalid parameter: PhoneNumber Reason: input incorrectly formatted',
    );
  });

  test('settings are kept by account', async () => {
    const { sns } = engine;
    const attributes = { DefaultSMSType: 'Transactional', DefaultSenderID: 'pubsub' };
    await sns.send(new SetSMSAttributesCommand({ attributes }));
    await sns.send(new SetSMSAttributesCommand({ attributes: { MonthlySpendLimit: '1' } }));
    const read = (names?: string[]) => new GetSMSAttributesCommand({ attributes: names });
    expect((await sns.send(read())).attributes).toEqual({ ...attributes, MonthlySpendLimit: '1' });
    expect((await sns.send(read(['DefaultSMSType', 'x']))).attributes).toEqual({
      DefaultSMSType: 'Transactional',
    });
    expect((await engine.clients(OTHER_ACCOUNT).sns.send(read())).attributes ?? {}).toEqual({});
  });

  test.each([
    ['Colour', 'red', 'Colour is not a valid attribute'],
    ['DefaultSMSType', 'Loud', 'DefaultSMSType is invalid'],
    ['DefaultSenderID', 'testSenderID', 'DefaultSenderID is invalid'],
    [
      'DeliveryStatusSuccessSamplingRate',
      '101',
      'DeliveryStatusSuccessSamplingRate is not an integer between 0-100',
    ],
    [
      'UsageReportS3Bucket',
      'thisS3BucketDoesNotExist',
      'Invalid parameter: UsageReportS3Bucket Reason: The bucket you provided does not exist',
    ],
  ])('settings refuse %s %s', async (name, value, message) => {
    const set = new SetSMSAttributesCommand({ attributes: { [name]: value } });
    expect(await refusalOf(engine.sns.send(set))).toMatchObject({
      code: 'InvalidParameter',
      message,
    });
  });
});

describe('platform applications', () => {
  async function application(Name: string, Platform = 'GCM') {
    const { PlatformApplicationArn = '' } = await engine.sns.send(
      new CreatePlatformApplicationCommand({
        Name,
        Platform,
        Attributes: { PlatformCredential: 'secret', SuccessFeedbackSampleRate: '100' },
      }),
    );
    return PlatformApplicationArn;
  }
  const device = (PlatformApplicationArn: string, Token: string, CustomUserData?: string) =>
    engine.sns.send(
      new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token, CustomUserData }),
    );

  test('are made, shown without their secrets, changed, listed and deleted', async () => {
    const { sns } = engine;
    const arn = await application('app');
    expect(arn).toBe(`arn:aws:sns:${REGION}:${ACCOUNT}:app/GCM/app`);
    expect(await application('app')).toBe(arn);
    const other = new CreatePlatformApplicationCommand({
      Name: 'app',
      Platform: 'GCM',
      Attributes: { PlatformCredential: 'secret', SuccessFeedbackSampleRate: '99' },
    });
    expect((await refusalOf(sns.send(other))).message).toBe(
      'Invalid parameter: Name Reason: An application with the same name but different properties already exists',
    );
    const read = new GetPlatformApplicationAttributesCommand({ PlatformApplicationArn: arn });
    const shown = { Enabled: 'true', SuccessFeedbackSampleRate: '100' };
    expect((await sns.send(read)).Attributes).toEqual(shown);
    const Attributes = { SuccessFeedbackSampleRate: '50' };
    await sns.send(
      new SetPlatformApplicationAttributesCommand({ PlatformApplicationArn: arn, Attributes }),
    );
    const { PlatformApplications } = await sns.send(new ListPlatformApplicationsCommand({}));
    expect(PlatformApplications).toEqual([
      { PlatformApplicationArn: arn, Attributes: { ...shown, ...Attributes } },
    ]);
    expect((await refusalOf(engine.clients(OTHER_ACCOUNT).sns.send(read))).code).toBe(
      'AuthorizationError',
    );
    const { EndpointArn } = await device(arn, 'gone');
    const remove = new DeletePlatformApplicationCommand({ PlatformApplicationArn: arn });
    await sns.send(remove);
    await sns.send(remove);
    expect(await refusalOf(sns.send(read))).toMatchObject({
      code: 'NotFound',
      status: 404,
      message: 'PlatformApplication does not exist',
    });
    const endpoint = new GetEndpointAttributesCommand({ EndpointArn });
    expect((await refusalOf(sns.send(endpoint))).message).toBe('Endpoint does not exist');
  });

  test.each([
    [
      { Name: 'a b', Platform: 'GCM' },
      "Invalid parameter: a b Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'",
    ],
    [{ Name: '', Platform: 'GCM' }, 'Invalid parameter:  Reason: cannot be empty'],
    [
      { Name: 'n'.repeat(257), Platform: 'GCM' },
      `Invalid parameter: ${'n'.repeat(257)} Reason: must be at most 256 characters long`,
    ],
    [
      { Name: 'a', Platform: 'APNS' },
      'Invalid parameter: Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal',
    ],
    [
      { Name: 'a', Platform: 'GCM', Attributes: { PlatformCredential: '' } },
      'Invalid parameter: Attributes Reason: Invalid value for attribute: PlatformCredential: cannot be empty',
    ],
    [
      {
        Name: 'a',
        Platform: 'GCM',
        Attributes: { PlatformCredential: 'x', SuccessFeedbackSampleRate: '101' },
      },
      'Invalid parameter: Attributes Reason: Invalid value for attribute: SuccessFeedbackSampleRate: 101 value provided is not an integer between 0-100',
    ],
    [
      { Name: 'a', Platform: 'PIGEON' },
      'Invalid parameter: Platform Reason: PIGEON is not supported',
    ],
    [
      { Name: 'a', Platform: 'GCM', Attributes: { PlatformPrincipal: 'x' } },
      'Invalid parameter: Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential',
    ],
    [
      { Name: 'a', Platform: 'GCM', Attributes: { PlatformCredential: 'x', Colour: 'red' } },
      'Invalid parameter: Attributes Reason: Invalid attribute name: Colour',
    ],
  ])('refuse %j', async (input, message) => {
    const refused = await refusalOf(
      engine.sns.send(
        new CreatePlatformApplicationCommand({
          Attributes: { PlatformCredential: 'x' },
          ...input,
        }),
      ),
    );
    expect(refused).toMatchObject({ code: 'InvalidParameter', message });
  });

  test('have endpoints that are published to', async () => {
    const { sns } = engine;
    const app = await application('devices');
    const { EndpointArn: arn = '' } = await device(app, 'token', 'mine');
    expect(arn).toMatch(
      new RegExp(`^arn:aws:sns:${REGION}:${ACCOUNT}:endpoint/GCM/devices/[0-9a-f-]{36}$`),
    );
    expect((await device(app, 'token', 'mine')).EndpointArn).toBe(arn);
    expect((await refusalOf(device(app, 'token', 'theirs'))).message).toBe(
      `Invalid parameter: Token Reason: Endpoint ${arn} already exists with the same Token, but different attributes.`,
    );
    const read = new GetEndpointAttributesCommand({ EndpointArn: arn });
    expect((await sns.send(read)).Attributes).toEqual({
      Enabled: 'true',
      Token: 'token',
      CustomUserData: 'mine',
    });
    const Message = JSON.stringify({ default: 'any', GCM: '{"data":1}' });
    await publish({ TargetArn: arn, Message, MessageStructure: 'json' });
    await publish({ TargetArn: arn });
    expect((await told({ endpoint: arn })).map(({ body }) => body)).toEqual([
      '{"data":1}',
      'hello',
    ]);

    const topic = await engine.topic('to-devices');
    await subscribe(topic, 'application', arn);
    await publish({ TopicArn: topic, Message: 'to all' });
    expect((await told({ endpoint: arn })).at(-1)?.body).toBe('to all');

    const set = (Attributes: Record<string, string>) =>
      sns.send(new SetEndpointAttributesCommand({ EndpointArn: arn, Attributes }));
    await set({ Enabled: 'false' });
    expect(await refusalOf(publish({ TargetArn: arn }))).toMatchObject({
      code: 'EndpointDisabled',
      message: 'Endpoint is disabled',
    });
    expect((await refusalOf(set({ Enabled: 'maybe' }))).code).toBe('InvalidParameter');
    const invalid = 'Invalid parameter: Attributes Reason: Invalid value for attribute: ';
    expect((await refusalOf(set({ Token: '' }))).message).toBe(`${invalid}Token: cannot be empty`);
    await set({ CustomUserData: 'x'.repeat(2048) });
    expect((await refusalOf(set({ CustomUserData: 'x'.repeat(2049) }))).message).toBe(
      `${invalid}CustomUserData: must be at most 2048 bytes long in UTF-8 encoding`,
    );
    const longer = new GetEndpointAttributesCommand({ EndpointArn: `${arn}invalid` });
    expect((await refusalOf(sns.send(longer))).message).toBe(
      'Invalid parameter: EndpointArn Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly 36 characters.',
    );
    const list = new ListEndpointsByPlatformApplicationCommand({ PlatformApplicationArn: app });
    expect((await sns.send(list)).Endpoints).toMatchObject([
      { EndpointArn: arn, Attributes: { Enabled: 'false' } },
    ]);
    await sns.send(new DeleteEndpointCommand({ EndpointArn: arn }));
    expect((await sns.send(list)).Endpoints).toEqual([]);
    expect((await refusalOf(publish({ TargetArn: arn }))).message).toBe(
      'Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified',
    );
  });

  test.each([
    ['x', 'An ARN must have at least 6 elements, not 1'],
    [
      `arn:aws:sns:${REGION}:${ACCOUNT}:app/GCM`,
      'Wrong number of slashes in relative portion of the ARN.',
    ],
  ])('are not found by %s', async (PlatformApplicationArn, reason) => {
    expect((await refusalOf(device(PlatformApplicationArn, 't'))).message).toBe(
      `Invalid parameter: PlatformApplicationArn Reason: ${reason}`,
    );
  });
});
