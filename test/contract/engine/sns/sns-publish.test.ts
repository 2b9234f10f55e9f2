import { createVerify } from 'node:crypto';
import { PublishBatchCommand, PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import {
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { OBSERVE_PREFIX } from '../../../../src/lib/engine/observe/endpoints.ts';
import {
  ACCOUNT,
  allowTopics,
  OTHER_ACCOUNT,
  REGION,
  refusalOf,
  useSns,
} from '../../../fixtures/sns-engine.ts';

const engine = useSns();

const publish = (input: Partial<PublishCommandInput>) =>
  engine.sns.send(new PublishCommand({ Message: 'hello', ...input }));

/** A topic with one queue behind it, both named `name`. */
async function wired(name: string, attributes?: Record<string, string>) {
  const topic = await engine.topic(name);
  const queue = await engine.queue(name);
  const subscription = await engine.subscribe(topic, queue.arn, attributes);
  return { topic, queue, subscription };
}

const envelopes = async (url: string) =>
  (await engine.receive(url)).map(({ Body = '' }) => JSON.parse(Body));

describe('Publish', () => {
  test('delivers the envelope of AWS, field for field', async () => {
    const { topic, queue, subscription } = await wired('envelope');
    const { $metadata, ...answer } = await publish({
      TopicArn: topic,
      Subject: 'Order Event',
      MessageAttributes: {
        text: { DataType: 'String', StringValue: 'grün' },
        list: { DataType: 'String.Array', StringValue: '["a",1,true,null]' },
        count: { DataType: 'Number.int', StringValue: '1' },
        blob: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
      },
    });
    expect(Object.keys(answer)).toEqual(['MessageId']);
    const [message] = await engine.receive(queue.url);
    const envelope = JSON.parse(message?.Body ?? '');
    expect(Object.keys(envelope)).toEqual([
      'Type',
      'MessageId',
      'TopicArn',
      'Subject',
      'Message',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
      'UnsubscribeURL',
      'MessageAttributes',
    ]);
    expect(envelope).toMatchObject({
      Type: 'Notification',
      MessageId: answer.MessageId,
      TopicArn: topic,
      Subject: 'Order Event',
      Message: 'hello',
      SignatureVersion: '1',
      UnsubscribeURL: `${engine.running.endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
      MessageAttributes: {
        text: { Type: 'String', Value: 'grün' },
        list: { Type: 'String.Array', Value: '["a",1,true,null]' },
        count: { Type: 'Number.int', Value: '1' },
        blob: { Type: 'Binary', Value: 'AgME' },
      },
    });
    expect(envelope.Timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(message?.MessageAttributes).toBeUndefined();
  });

  test.each([
    ['1', 'RSA-SHA1'],
    ['2', 'RSA-SHA256'],
  ])(
    'signs with version %s, to be verified with the certificate it names',
    async (version, digest) => {
      const { queue, topic } = await wired(`signed-${version}`);
      const { SetTopicAttributesCommand } = await import('@aws-sdk/client-sns');
      await engine.sns.send(
        new SetTopicAttributesCommand({
          TopicArn: topic,
          AttributeName: 'SignatureVersion',
          AttributeValue: version,
        }),
      );
      await publish({ TopicArn: topic, Message: 'a\n"b"', Subject: 'S' });
      const [envelope] = await envelopes(queue.url);
      expect(envelope.SignatureVersion).toBe(version);
      const served = await fetch(envelope.SigningCertURL);
      expect(served.status).toBe(200);
      const verifier = createVerify(digest);
      for (const name of ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']) {
        verifier.update(`${name}\n${envelope[name]}\n`);
      }
      expect(verifier.verify(await served.text(), envelope.Signature, 'base64')).toBe(true);
    },
  );

  test('shows the same signature to who looks into the queue and to who receives', async () => {
    const { topic, queue } = await wired('looked-at');
    await publish({ TopicArn: topic });
    const path = `${OBSERVE_PREFIX}queues/${ACCOUNT}/${REGION}/looked-at/messages`;
    const look = await fetch(engine.running.endpoint + path);
    const { messages } = (await look.json()) as { messages: { body: string }[] };
    const [received] = await engine.receive(queue.url);
    expect(messages[0]?.body).toBe(received?.Body);
    expect(JSON.parse(received?.Body ?? '').Signature).toMatch(/^[A-Za-z0-9+/]{342}==$/);
  });

  test('delivers the bare message and its attributes where raw delivery is on', async () => {
    const { topic, queue } = await wired('raw', { RawMessageDelivery: 'true' });
    const MessageAttributes = {
      a: { DataType: 'String', StringValue: 'x' },
      b: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) },
    };
    await publish({ TopicArn: topic, MessageAttributes, Subject: 'dropped' });
    const [message] = await engine.receive(queue.url);
    expect(message?.Body).toBe('hello');
    expect(message?.MessageAttributes).toEqual(MessageAttributes);
  });

  test('drops a raw delivery with more than ten attributes, and only that', async () => {
    const { topic, queue } = await wired('eleven', { RawMessageDelivery: 'true' });
    const wrapped = await engine.queue('eleven-wrapped');
    await engine.subscribe(topic, wrapped.arn);
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `a${index}`,
          { DataType: 'String', StringValue: 'x' },
        ]),
      );
    await publish({ TopicArn: topic, MessageAttributes: many(11), Message: 'eleven' });
    await publish({ TopicArn: topic, MessageAttributes: many(10), Message: 'ten' });
    expect((await engine.receive(queue.url)).map(({ Body }) => Body)).toEqual(['ten']);
    expect(await envelopes(wrapped.url)).toHaveLength(2);
  });

  test('sends queues their own text of a JSON message, else the default', async () => {
    const { topic, queue } = await wired('json', { RawMessageDelivery: 'true' });
    const send = (message: unknown) =>
      publish({ TopicArn: topic, MessageStructure: 'json', Message: JSON.stringify(message) });
    await send({ default: 'for all', sqs: 'for queues', email: 'for people' });
    await send({ default: 'for all', sqs: { not: 'text' } });
    const bodies = (await engine.receive(queue.url)).map(({ Body }) => Body);
    expect(bodies.sort()).toEqual(['for all', 'for queues']);
    expect(await refusalOf(send({ sqs: 'x' }))).toMatchObject({
      message: 'Invalid parameter: Message Structure - No default entry in JSON message body',
    });
    const broken = publish({ TopicArn: topic, MessageStructure: 'json', Message: '{' });
    expect(await refusalOf(broken)).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: Message Structure - JSON message body failed to parse',
    });
  });

  test('sends no attributes along with a JSON message, and filters by them all the same', async () => {
    const { topic, queue } = await wired('json-attributes', { FilterPolicy: '{"kind":["a"]}' });
    for (const StringValue of ['a', 'b']) {
      await publish({
        TopicArn: topic,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: StringValue }),
        MessageAttributes: { kind: { DataType: 'String', StringValue } },
      });
    }
    const received = await envelopes(queue.url);
    expect(received.map(({ Message }) => Message)).toEqual(['a']);
    expect(received[0]).not.toHaveProperty('MessageAttributes');
  });

  test('passes the trace header of the request on', async () => {
    const { topic, queue } = await wired('traced');
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const body = new URLSearchParams({
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: topic,
      Message: 'm',
    });
    const authorization = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20250101/${REGION}/sns/aws4_request`;
    const headers = { authorization, 'X-Amzn-Trace-Id': trace };
    const answer = await fetch(engine.running.endpoint, { method: 'POST', headers, body });
    expect(await answer.text()).toMatch(
      /^<PublishResponse xmlns="http:\/\/sns.amazonaws.com\/doc\/2010-03-31\/"><PublishResult><MessageId>[0-9a-f-]{36}<\/MessageId><\/PublishResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/PublishResponse>$/,
    );
    const [message] = await engine.receive(queue.url);
    expect(message?.Attributes?.AWSTraceHeader).toBe(trace);
  });

  test('is allowed to another account by the policy of the topic only', async () => {
    const { topic, queue } = await wired('guest');
    const { AddPermissionCommand } = await import('@aws-sdk/client-sns');
    const guest = engine.clients(OTHER_ACCOUNT).sns;
    const send = () => guest.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
    expect(await refusalOf(send())).toMatchObject({ code: 'AuthorizationError', status: 403 });
    await engine.sns.send(
      new AddPermissionCommand({
        TopicArn: topic,
        Label: 'guest',
        AWSAccountId: [OTHER_ACCOUNT],
        ActionName: ['Publish'],
      }),
    );
    await send();
    expect(await envelopes(queue.url)).toHaveLength(1);
  });

  test('passes a message group on to a standard queue', async () => {
    const { topic, queue } = await wired('fair');
    await publish({ TopicArn: topic, MessageGroupId: 'tenant-1' });
    const [message] = await engine.receive(queue.url);
    expect(message?.Attributes?.MessageGroupId).toBe('tenant-1');
  });

  test('takes a topic as the target', async () => {
    const { topic, queue } = await wired('target');
    await publish({ TargetArn: topic });
    expect(await envelopes(queue.url)).toHaveLength(1);
    expect(await refusalOf(publish({}))).toMatchObject({
      message: 'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
    });
    const missing = `arn:aws:sns:${REGION}:${ACCOUNT}:missing`;
    expect(await refusalOf(publish({ TopicArn: missing }))).toMatchObject({
      name: 'NotFoundException',
      status: 404,
      message: 'Topic does not exist',
    });
  });

  const value = (DataType: string, StringValue?: string) => ({ a: { DataType, StringValue } });
  const INVALID = 'ParameterValueInvalid';
  test.each<[string, Partial<PublishCommandInput>, string, string]>([
    ['no message', { Message: '' }, 'InvalidParameter', 'Invalid parameter: Empty message'],
    ['an empty subject', { Subject: '' }, 'InvalidParameter', 'Invalid parameter: Subject'],
    [
      'a subject of two lines',
      { Subject: 'a\nb' },
      'InvalidParameter',
      'Invalid parameter: Subject',
    ],
    [
      'a subject of 101',
      { Subject: 's'.repeat(101) },
      'InvalidParameter',
      'Invalid parameter: Subject',
    ],
    [
      '262145 bytes',
      { Message: 'm'.repeat(262_145) },
      'InvalidParameter',
      'Invalid parameter: Message too long',
    ],
    [
      'too much with the attributes',
      { Message: 'm'.repeat(262_137), MessageAttributes: value('String', 'xx') },
      'InvalidParameter',
      'Invalid parameter: Message too long',
    ],
    [
      'a deduplication id',
      { MessageDeduplicationId: 'd' },
      'InvalidParameter',
      'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    ],
    [
      'an attribute of no type',
      { MessageAttributes: value('', 'x') },
      INVALID,
      "The message attribute 'a' must contain non-empty message attribute type.",
    ],
    [
      'an attribute of an unknown type',
      { MessageAttributes: value('Text', 'x') },
      INVALID,
      "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
    ],
    [
      'an attribute of no value',
      { MessageAttributes: value('String') },
      INVALID,
      "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
    ],
    [
      'a number that is none',
      { MessageAttributes: value('Number', 'one') },
      INVALID,
      "Could not cast message attribute 'a' value to number.",
    ],
    [
      'an attribute without a name',
      { MessageAttributes: { '': { DataType: 'String', StringValue: 'x' } } },
      INVALID,
      'The message attribute name must contain at least one character.',
    ],
    [
      'an attribute name with a dot before',
      { MessageAttributes: { '.a': { DataType: 'String', StringValue: 'x' } } },
      INVALID,
      "Invalid message attribute name starting with character '.' was found.",
    ],
    [
      'an attribute name with a slash',
      { MessageAttributes: { 'a/b': { DataType: 'String', StringValue: 'x' } } },
      INVALID,
      "Invalid non-alphanumeric character '#x2F' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    const TopicArn = await engine.topic('refusing');
    expect(await refusalOf(publish({ TopicArn, ...input }))).toMatchObject({
      code,
      status: 400,
      message,
    });
  });

  test('measures without the subject', async () => {
    const { topic, queue } = await wired('subject-size');
    await publish({ TopicArn: topic, Subject: 's'.repeat(100), Message: 'm'.repeat(262_144) });
    expect(await envelopes(queue.url)).toHaveLength(1);
  });

  test('takes an empty default of a JSON message', async () => {
    const { topic, queue } = await wired('empty-default');
    await publish({ TopicArn: topic, MessageStructure: 'json', Message: '{"default":""}' });
    expect(await envelopes(queue.url)).toMatchObject([{ Message: '' }]);
    for (const Message of ['{"default":1}', '{"default":null}', '{"sqs":"x"}', '[]', 'x']) {
      const refused = await refusalOf(
        publish({ TopicArn: topic, MessageStructure: 'json', Message }),
      );
      expect(refused.message).toMatch(/^Invalid parameter: Message Structure - /);
    }
  });

  test('takes 262144 bytes, and a mebibyte where the topic says so', async () => {
    const { topic, queue } = await wired('large', { RawMessageDelivery: 'true' });
    await publish({ TopicArn: topic, Message: 'm'.repeat(262_144) });
    const { SetTopicAttributesCommand } = await import('@aws-sdk/client-sns');
    await engine.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topic,
        AttributeName: 'MaximumMessageSize',
        AttributeValue: '1048576',
      }),
    );
    await publish({ TopicArn: topic, Message: 'm'.repeat(1_048_576) });
    const sizes = (await engine.receive(queue.url)).map(({ Body = '' }) => Body.length);
    expect(sizes.sort()).toEqual([1_048_576, 262_144]);
  });
});

describe('filter policies', () => {
  test('look at attributes', async () => {
    const { topic, queue } = await wired('by-attribute', { FilterPolicy: '{"kind":["a"]}' });
    const kind = (StringValue: string) => ({ kind: { DataType: 'String', StringValue } });
    await publish({ TopicArn: topic, Message: 'a', MessageAttributes: kind('a') });
    await publish({ TopicArn: topic, Message: 'b', MessageAttributes: kind('b') });
    await publish({ TopicArn: topic, Message: 'none' });
    expect((await envelopes(queue.url)).map(({ Message }) => Message)).toEqual(['a']);
  });

  test('look at the body', async () => {
    const { topic, queue } = await wired('by-body', {
      FilterPolicy: '{"order":{"total":[{"numeric":[">",10]}]}}',
      FilterPolicyScope: 'MessageBody',
    });
    for (const total of [5, 15]) {
      await publish({ TopicArn: topic, Message: JSON.stringify({ order: { total } }) });
    }
    await publish({ TopicArn: topic, Message: 'no JSON' });
    const messages = (await envelopes(queue.url)).map(({ Message }) => Message);
    expect(messages).toEqual(['{"order":{"total":15}}']);
  });
});

describe('characters that a queue refuses', () => {
  const hostile = 'a\u0000b\uffffc\ufffed\u{1F4A9}';

  test('are escaped in the envelope, and come back from its JSON', async () => {
    const { topic, queue } = await wired('hostile');
    await publish({
      TopicArn: topic,
      Message: hostile,
      MessageAttributes: { own: { DataType: 'String', StringValue: hostile } },
    });
    const query = new URLSearchParams({ Action: 'ReceiveMessage', VisibilityTimeout: '0' });
    const scope = `${ACCOUNT}/20260101/${REGION}/sqs/aws4_request`;
    const Authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const answer = await fetch(queue.url, {
      method: 'POST',
      headers: { Authorization },
      body: query,
    });
    const xml = await answer.text();
    expect(xml).toContain('\\uffff');
    expect(/[\uffff\ufffe]/.test(xml)).toBe(false);
    const [message] = await engine.receive(queue.url);
    const envelope = JSON.parse(message?.Body ?? '');
    expect(envelope.Message).toBe(hostile);
    expect(envelope.MessageAttributes.own.Value).toBe(hostile);
  });

  test('keep a raw message out, of the dead-letter queue as well', async () => {
    const topic = await engine.topic('hostile-raw');
    const [queue, dead] = [await engine.queue('hostile-raw'), await engine.queue('hostile-dead')];
    await engine.subscribe(topic, queue.arn, {
      RawMessageDelivery: 'true',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
    });
    await publish({ TopicArn: topic, Message: hostile });
    expect(await engine.receive(queue.url)).toEqual([]);
    expect(await engine.receive(dead.url)).toEqual([]);
  });
});

test('a body nested 5,000 deep reaches everybody but who filters bodies, and once', async () => {
  const topic = await engine.topic('deep');
  const queues = [
    await engine.queue('deep-1'),
    await engine.queue('deep-2'),
    await engine.queue('deep-3'),
  ];
  for (const [index, { arn }] of queues.entries()) {
    const filter = { FilterPolicy: '{"a":[{"exists":true}]}', FilterPolicyScope: 'MessageBody' };
    await engine.subscribe(topic, arn, index === 1 ? filter : { RawMessageDelivery: 'true' });
  }
  const Message = `{"a":${'['.repeat(5_000)}1${']'.repeat(5_000)}}`;
  await publish({ TopicArn: topic, Message });
  const counts: number[] = [];
  for (const { url } of queues) counts.push((await engine.receive(url)).length);
  expect(counts).toEqual([1, 0, 1]);
});

test('reaches a queue that takes encrypted connections only', async () => {
  const { topic, queue } = await wired('encrypted-connections');
  const { Statement } = JSON.parse(allowTopics(queue.arn));
  const SecureTransport = { Bool: { 'aws:SecureTransport': 'false' } };
  const only = { Principal: '*', Action: 'sqs:SendMessage', Resource: queue.arn };
  Statement[0].Condition = { Bool: { 'aws:SecureTransport': 'true' } };
  Statement.push({ Sid: 'Only', Effect: 'Deny', ...only, Condition: SecureTransport });
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await engine.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }),
  );
  await publish({ TopicArn: topic });
  expect(await envelopes(queue.url)).toMatchObject([{ Message: 'hello' }]);
});

describe('a delivery that fails', () => {
  test('is dropped where the queue does not allow the topic', async () => {
    const topic = await engine.topic('closed');
    const queue = await engine.queue('closed', { policy: 'none' });
    await engine.subscribe(topic, queue.arn);
    await publish({ TopicArn: topic });
    expect(await engine.receive(queue.url)).toEqual([]);
  });

  test.each(['true', 'false'])(
    'goes to the dead-letter queue as it is, with no attributes but its own (raw %s)',
    async (raw) => {
      const topic = await engine.topic(`failing-${raw}`);
      const queue = await engine.queue(`failing-${raw}`);
      const dead = await engine.queue(`dead-${raw}`);
      await engine.subscribe(topic, queue.arn, {
        RawMessageDelivery: raw,
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      });
      await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: queue.url }));
      const MessageAttributes = Object.fromEntries(
        Array.from({ length: 10 }, (_, at) => [`a${at}`, { DataType: 'String', StringValue: 'x' }]),
      );
      await publish({ TopicArn: topic, MessageAttributes });
      const [message] = await engine.receive(dead.url);
      expect(message?.MessageAttributes).toEqual(raw === 'true' ? MessageAttributes : undefined);
      if (raw === 'true') expect(message?.Body).toBe('hello');
      else expect(JSON.parse(message?.Body ?? '')).toMatchObject({ Message: 'hello' });
    },
  );
});

describe('PublishBatch', () => {
  test('publishes each entry', async () => {
    const { topic, queue } = await wired('batch');
    const { $metadata, ...answer } = await engine.sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: [
          { Id: '1', Message: 'one', Subject: 'S' },
          { Id: '2', Message: 'two' },
        ],
      }),
    );
    expect(answer).toEqual({
      Successful: [
        { Id: '1', MessageId: expect.any(String) },
        { Id: '2', MessageId: expect.any(String) },
      ],
      Failed: [],
    });
    const received = await envelopes(queue.url);
    expect(received.map(({ MessageId }) => MessageId).sort()).toEqual(
      answer.Successful?.map(({ MessageId }) => MessageId).sort(),
    );
  });

  test('says which entries failed, and publishes the others', async () => {
    const { topic, queue } = await wired('halves');
    const { Successful, Failed } = await engine.sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: [
          { Id: 'empty', Message: '' },
          { Id: 'good', Message: 'good' },
          { Id: 'subject', Message: 'x', Subject: 'a\nb' },
        ],
      }),
    );
    expect(Successful).toMatchObject([{ Id: 'good' }]);
    expect(Failed).toEqual([
      {
        Id: 'empty',
        Code: 'InvalidParameter',
        Message: 'Invalid parameter: Empty message',
        SenderFault: true,
      },
      {
        Id: 'subject',
        Code: 'InvalidParameter',
        Message: 'Invalid parameter: Subject',
        SenderFault: true,
      },
    ]);
    expect(await envelopes(queue.url)).toHaveLength(1);
  });

  test.each([
    [
      'of an attribute',
      { MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } },
      'ParameterValueInvalid',
    ],
    ['of the structure', { MessageStructure: 'json' }, 'InvalidParameter'],
  ])('refuses them all for a fault %s', async (_what, fault, code) => {
    const { topic, queue } = await wired(`whole-${code}`);
    const batch = new PublishBatchCommand({
      TopicArn: topic,
      PublishBatchRequestEntries: [
        { Id: '1', Message: 'm' },
        { Id: '2', Message: 'm', ...fault },
      ],
    });
    expect(await refusalOf(engine.sns.send(batch))).toMatchObject({ code, status: 400 });
    expect(await engine.receive(queue.url)).toEqual([]);
  });

  const entries = (count: number, Message = 'm') =>
    Array.from({ length: count }, (_, index) => ({ Id: `${index}`, Message }));
  test.each([
    ['no entry', [], 'EmptyBatchRequest'],
    ['eleven entries', entries(11), 'TooManyEntriesInBatchRequest'],
    ['an id twice', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinct'],
    [
      'an id with a dot',
      [...entries(1), { Id: 'a.b', Message: 'm' }],
      'InvalidBatchEntryId',
      'The Id of a batch entry in the batch request contains an impermissible character: a.b',
    ],
    [
      'an id of 81',
      [{ Id: 'i'.repeat(81), Message: 'm' }],
      'InvalidBatchEntryId',
      `The Id of a batch entry in the batch request is too long: ${'i'.repeat(81)}`,
    ],
    ['more than 262144 bytes', entries(2, 'm'.repeat(131_073)), 'BatchRequestTooLong'],
  ])('refuses %s', async (_what, PublishBatchRequestEntries, code, message?: string) => {
    const TopicArn = await engine.topic('refusing');
    const batch = new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries });
    const refused = { code, status: 400, ...(message === undefined ? {} : { message }) };
    expect(await refusalOf(engine.sns.send(batch))).toMatchObject(refused);
  });

  test('takes an id of 80', async () => {
    const TopicArn = await engine.topic('long-id');
    const PublishBatchRequestEntries = [{ Id: `-_${'i'.repeat(78)}`, Message: 'm' }];
    const batch = new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries });
    expect((await engine.sns.send(batch)).Successful).toHaveLength(1);
  });
});

test('hands a receive that waits the whole batch, not only its first message', async () => {
  const { topic, queue } = await wired('batch-for-a-poller');
  const waiting = engine.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
    }),
  );
  const [state] = [...engine.running.engine.sqs.queues.values()].filter(
    ({ arn }) => arn === queue.arn,
  );
  await expect.poll(() => state?.pollers.size).toBe(1);
  await engine.sns.send(
    new PublishBatchCommand({
      TopicArn: topic,
      PublishBatchRequestEntries: Array.from({ length: 10 }, (_, index) => ({
        Id: String(index),
        Message: `message ${index}`,
      })),
    }),
  );
  expect((await waiting).Messages).toHaveLength(10);
});
