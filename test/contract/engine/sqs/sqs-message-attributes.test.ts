import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { startEngine } from '../../../../src/engine.ts';
import { sqsCalls } from '../../../fixtures/sqs-calls.ts';
import { queueName, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const engine = useSqsEngine();

const { create, send, receive } = sqsCalls(() => engine.sqs);

/** A JSON request by hand: the SDK's own parser drops names such as `__proto__`. */
async function json(endpoint: string, action: string, body: string, account = '000000000000') {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': `AmazonSQS.${action}`,
      Authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/sqs/aws4_request`,
    },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

/** MD5 of one attribute of type String, as the developer guide describes it. */
function md5OfString(name: string, value: string): string {
  const digest = createHash('md5');
  for (const [index, part] of [name, 'String', value].entries()) {
    if (index === 2) digest.update(Buffer.of(1));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    digest.update(length).update(part);
  }
  return digest.digest('hex');
}

describe.each([
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'length',
  '0',
  'attr.1øßä',
])('an attribute named %s', (name) => {
  test('is kept through a restart, and selected by its name', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-attributes-'));
    const attributes = `{"${name}":{"DataType":"String","StringValue":"v"}}`;
    const QueueUrl = `/000000000000/${queueName()}`;
    const md5 = md5OfString(name, 'v');
    let running = await startEngine({ stateDir });
    try {
      const queue = QueueUrl.split('/').at(-1);
      await json(running.endpoint, 'CreateQueue', JSON.stringify({ QueueName: queue }));
      const sent = await json(
        running.endpoint,
        'SendMessage',
        `{"QueueUrl":"${QueueUrl}","MessageBody":"hi","MessageAttributes":${attributes}}`,
      );
      expect(sent.text).toContain(`"MD5OfMessageAttributes":"${md5}"`);
      await running.stop();
      running = await startEngine({ stateDir });
      for (const wanted of [name, 'All', '*', `${name}.*`]) {
        const { text } = await json(
          running.endpoint,
          'ReceiveMessage',
          JSON.stringify({ QueueUrl, VisibilityTimeout: 0, MessageAttributeNames: [wanted] }),
        );
        expect(text).toContain(`"MessageAttributes":${attributes}`);
        expect(text).toContain(`"MD5OfMessageAttributes":"${md5}"`);
      }
    } finally {
      await running.stop();
      rmSync(stateDir, { recursive: true });
    }
  });
});

test('an attribute named __proto__ goes through a topic, a batch and a dead-letter queue', async () => {
  const { endpoint } = engine.running;
  const account = '111122223333';
  const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:${account}:${name}`;
  const [name, dead] = [queueName(), queueName()];
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn('sqs', name),
      },
    ],
  });
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: arn('sqs', dead),
    maxReceiveCount: 1,
  });
  const queue = (action: string, body: object | string) =>
    json(endpoint, action, typeof body === 'string' ? body : JSON.stringify(body), account);
  await queue('CreateQueue', { QueueName: dead });
  await queue('CreateQueue', { QueueName: name, Attributes: { Policy, RedrivePolicy } });
  const topic = (parameters: string) =>
    fetch(endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/sns/aws4_request`,
      },
      body: parameters,
    });
  const TopicArn = arn('sns', name);
  await topic(`Action=CreateTopic&Name=${name}`);
  await topic(
    `Action=Subscribe&TopicArn=${TopicArn}&Protocol=sqs&Endpoint=${arn('sqs', name)}&Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true`,
  );
  await topic(
    `Action=Publish&TopicArn=${TopicArn}&Message=hi&MessageAttributes.entry.1.Name=__proto__&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=v`,
  );
  const attributes = '{"__proto__":{"DataType":"String","StringValue":"v"}}';
  await queue(
    'SendMessageBatch',
    `{"QueueUrl":"${name}","Entries":[{"Id":"__proto__","MessageBody":"hi","MessageAttributes":${attributes}}]}`,
  );
  const receive = async (QueueUrl: string) => {
    const { text } = await queue('ReceiveMessage', {
      QueueUrl,
      VisibilityTimeout: 0,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['__proto__'],
    });
    return text.split(`"MessageAttributes":${attributes}`).length - 1;
  };
  expect(await receive(name)).toBe(2);
  expect(await receive(name)).toBe(0);
  expect(await receive(dead)).toBe(2);
});

test('a tag named __proto__ is listed', async () => {
  const QueueName = queueName();
  const { endpoint } = engine.running;
  await json(endpoint, 'CreateQueue', `{"QueueName":"${QueueName}","tags":{"__proto__":"v"}}`);
  const { text } = await json(endpoint, 'ListQueueTags', JSON.stringify({ QueueUrl: QueueName }));
  expect(text).toBe('{"Tags":{"__proto__":"v"}}');
});

describe('names that are asked for', () => {
  test.each([['*'], ['All'], ['.*']])('%s stands for all', async (wanted) => {
    const url = await create();
    await send(url, 'hi', {
      MessageAttributes: {
        one: { DataType: 'String', StringValue: '1' },
        two: { DataType: 'Number', StringValue: '2' },
      },
    });
    const [message] = await receive(url, { MessageAttributeNames: [wanted] });
    expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual(['one', 'two']);
  });
});

describe('values', () => {
  test.each([
    ['StringListValues', { DataType: 'String', StringListValues: ['a'] }],
    ['StringListValues', { DataType: 'String', StringValue: 'b', StringListValues: ['a'] }],
    ['BinaryListValues', { DataType: 'Binary', BinaryListValues: [Buffer.from('a')] }],
  ])('%s are refused', async (_name, value) => {
    const url = await create();
    await expect(send(url, 'hi', { MessageAttributes: { list: value } })).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: 'Message attribute list values in SendMessage operation are not supported.',
    });
    const { Failed } = await engine.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [{ Id: 'a', MessageBody: 'hi', MessageAttributes: { list: value } }],
      }),
    );
    expect(Failed).toMatchObject([{ Code: 'AWS.SimpleQueueService.UnsupportedOperation' }]);
  });

  test('an empty list is as good as none', async () => {
    const url = await create();
    const value = { DataType: 'String', StringValue: 'a', StringListValues: [] };
    await send(url, 'hi', { MessageAttributes: { list: value } });
    const [message] = await receive(url, { MessageAttributeNames: ['All'] });
    expect(message?.MessageAttributes).toEqual({ list: { DataType: 'String', StringValue: 'a' } });
  });

  test.each(['\u0008', '\u000b', '\uffff', '\ud800'])('a value with %j is refused', async (bad) => {
    const { status, text } = await json(
      engine.running.endpoint,
      'SendMessage',
      JSON.stringify({
        QueueUrl: await create(),
        MessageBody: 'hi',
        MessageAttributes: { attr: { DataType: 'String', StringValue: `a${bad}b` } },
      }),
      '111122223333',
    );
    expect(status).toBe(400);
    expect(text).toContain('InvalidParameterValue');
    expect(text).toContain('Invalid binary character');
  });

  test('a body with a control character is another error', async () => {
    await expect(send(await create(), 'a\u0008b')).rejects.toMatchObject({
      name: 'InvalidMessageContents',
    });
  });
});

describe('X-Amzn-Trace-Id', () => {
  const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';

  test('becomes the AWSTraceHeader of each message that is sent', async () => {
    const url = await create();
    const headers = {
      'X-Amzn-Trace-Id': TRACE,
      Authorization: 'AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/sqs/aws4_request',
    };
    const post = (body: string) => fetch(url, { method: 'POST', headers, body });
    await post('Action=SendMessage&MessageBody=one');
    await post(
      'Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=two',
    );
    const messages = await receive(url, { MessageSystemAttributeNames: ['AWSTraceHeader'] });
    expect(messages.map(({ Attributes }) => Attributes)).toEqual([
      { AWSTraceHeader: TRACE },
      { AWSTraceHeader: TRACE },
    ]);
  });
});
