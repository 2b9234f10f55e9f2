import { get } from 'node:http';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../../src/engine.ts';

// Requests made by hand: presigned URLs, parameters in URLs, answers in JSON.

let running: TestEngine;

beforeAll(async () => {
  running = await startEngine();
});

afterAll(() => running.stop());

interface Call {
  method?: string;
  path?: string;
  body?: string;
  headers?: Record<string, string>;
}

async function call({ method = 'POST', path = '/', body, headers = {} }: Call) {
  const answer = await fetch(running.endpoint + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
  };
}

/** The query string of a presigned request; the engine checks no signature. */
function presigned(parameters: string, key: string, region: string, service: string): string {
  const credential = encodeURIComponent(`${key}/20260101/${region}/${service}/aws4_request`);
  return `?${parameters}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=00`;
}

describe('a presigned request', () => {
  it.each([
    ['sqs', 'Action=CreateQueue&QueueName=presigned', '/123456789012/presigned'],
    ['sns', 'Action=CreateTopic&Name=presigned', 'arn:aws:sns:eu-central-1:123456789012:presigned'],
    ['sts', 'Action=GetCallerIdentity', 'arn:aws:iam::123456789012:root'],
  ])(
    'of %s acts in the account and region that it was signed for',
    async (service, action, expected) => {
      const path = `/${presigned(action, '123456789012', 'eu-central-1', service)}`;
      expect((await call({ method: 'GET', path })).text).toContain(expected);
      expect((await call({ method: 'POST', path })).text).toContain(expected);
    },
  );

  it('of KMS acts in the account and region that it was signed for', async () => {
    const { text } = await call({
      path: `/${presigned('', '123456789012', 'eu-central-1', 'kms')}`,
      body: '{}',
      headers: { 'X-Amz-Target': 'TrentService.CreateKey' },
    });
    expect(text).toContain('arn:aws:kms:eu-central-1:123456789012:key/');
  });

  it('shows nothing of another account or region', async () => {
    const list = (key: string, region: string) =>
      call({ method: 'GET', path: `/${presigned('Action=ListQueues', key, region, 'sqs')}` });
    await call({
      path: `/${presigned('Action=CreateQueue&QueueName=mine', '123456789012', 'eu-west-1', 'sqs')}`,
    });

    expect((await list('123456789012', 'eu-west-1')).text).toContain('/mine');
    expect((await list('123456789012', 'us-east-1')).text).not.toContain('/mine');
    expect((await list('210987654321', 'eu-west-1')).text).not.toContain('/mine');
  });

  it('may do what its session policy leaves', async () => {
    const sts = new STSClient({
      endpoint: running.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: '123456789012', secretAccessKey: 'test' },
    });
    const session = async (effect: string) => {
      const { Credentials } = await sts.send(
        new AssumeRoleCommand({
          RoleArn: 'arn:aws:iam::123456789012:role/sender',
          RoleSessionName: 'test',
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: effect, Action: '*', Resource: '*' }],
          }),
        }),
      );
      return Credentials?.AccessKeyId ?? '';
    };
    await call({
      path: `/${presigned('Action=CreateQueue&QueueName=guarded', '123456789012', 'us-east-1', 'sqs')}`,
    });
    const send = (key: string) =>
      call({
        path: `/123456789012/guarded${presigned('Action=SendMessage&MessageBody=hi', key, 'us-east-1', 'sqs')}`,
      });
    const denied = await send(await session('Deny'));
    const allowed = await send(await session('Allow'));
    sts.destroy();

    expect(denied.status).toBe(403);
    expect(denied.text).toContain('<Code>AccessDenied</Code>');
    expect(allowed.status).toBe(200);
  });
});

describe('parameters of a POST', () => {
  it.each([
    ['sqs', 'Action=ListQueues&Version=2012-11-05', '<ListQueuesResponse'],
    ['sns', 'Action=ListTopics&Version=2010-03-31', '<ListTopicsResponse'],
    ['sts', 'Action=GetCallerIdentity&Version=2011-06-15', '<GetCallerIdentityResponse'],
  ])('of %s are read from the URL where the body is empty', async (_service, query, expected) => {
    const { status, text } = await call({ path: `/?${query}` });
    expect(status).toBe(200);
    expect(text).toContain(expected);
  });

  it('may stand in the URL and in the body', async () => {
    const { status, text } = await call({
      path: '/?Action=CreateQueue&QueueName=in-url',
      body: 'QueueName=in-body',
    });
    expect(status).toBe(200);
    expect(text).toContain('/000000000000/in-body');
  });
});

describe('the URL of a queue', () => {
  beforeAll(() => call({ body: 'Action=CreateQueue&QueueName=at-url' }));
  const PATH = '/000000000000/at-url';

  it.each([undefined, 'application/json'])(
    'without an action knows no operation, with Accept: %s',
    async (accept) => {
      const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept };
      const { status, text } = await call({ method: 'GET', path: PATH, headers });
      expect(status).toBe(404);
      expect(text).toContain('<UnknownOperationException/>');
    },
  );

  it.each(['CreateQueue', 'ListQueues'])('does not know %s', async (action) => {
    for (const method of ['GET', 'POST']) {
      const path = `${PATH}?Action=${action}&QueueName=other`;
      const { status, text } = await call({ method, path });
      expect(status).toBe(400);
      expect(text).toContain('<Code>InvalidAction</Code>');
      expect(text).toContain(`The action ${action} is not valid for this endpoint.`);
    }
  });

  it.each([
    'sqs.eu-west-1.localhost.localstack.cloud:4566',
    'eu-west-1.queue.localhost.localstack.cloud',
  ])('names the region by its host %s', async (Host) => {
    const made = presigned('Action=CreateQueue&QueueName=abroad', '', 'eu-west-1', 'sqs');
    await call({ path: `/${made}` });
    const query = '?Action=GetQueueAttributes&AttributeName=QueueArn';
    const { port } = new URL(running.endpoint);
    const answer = await new Promise<string>((resolve, reject) => {
      const path = `/000000000000/abroad${query}`;
      get({ host: '127.0.0.1', port, path, headers: { Host } }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
    expect(answer).toContain('arn:aws:sqs:eu-west-1:000000000000:abroad');
  });

  it('finds other queues by their names', async () => {
    const { text } = await call({
      method: 'GET',
      path: `${PATH}?Action=GetQueueUrl&QueueName=at-url`,
    });
    expect(text).toContain(`${PATH}</QueueUrl>`);
  });
});

describe('a list with one item and no number', () => {
  it('is read', async () => {
    await call({ body: 'Action=CreateQueue&QueueName=single&Tag.Key=team&Tag.Value=a' });
    const one = await call({
      path: '/000000000000/single',
      body: 'Action=GetQueueAttributes&AttributeName=DelaySeconds',
    });
    const all = await call({
      path: '/000000000000/single',
      body: 'Action=GetQueueAttributes&AttributeName=All',
    });
    expect(one.text).toContain(
      '<Attribute><Name>DelaySeconds</Name><Value>0</Value></Attribute></GetQueueAttributesResult>',
    );
    expect(all.text).toContain('<Name>QueueArn</Name>');
  });

  it('is read where its items have members', async () => {
    await call({ body: 'Action=CreateQueue&QueueName=single-entry' });
    const { text } = await call({
      path: '/000000000000/single-entry',
      body: 'Action=SendMessageBatch&SendMessageBatchRequestEntry.Id=a&SendMessageBatchRequestEntry.MessageBody=hi',
    });
    expect(text).toContain('<SendMessageBatchResultEntry><Id>a</Id>');
  });
});

describe('a name without its value', () => {
  const topic = 'TopicArn=arn:aws:sns:us-east-1:000000000000:half';
  it.each([
    [
      'SQS attribute of a message',
      'Action=SendMessage&MessageBody=x&MessageAttribute.1.Name=a',
      '<Code>InvalidParameterValue</Code><Message>The message (user) attribute &apos;a&apos; must contain a non-empty message attribute type.',
    ],
    [
      'SQS attribute of a queue',
      'Action=SetQueueAttributes&Attribute.1.Name=Policy&Attribute.1.Value=&Attribute.2.Name=DelaySeconds',
      '<Code>MissingParameter</Code><Message>The request must contain the parameter Attribute.2.Value.',
    ],
    [
      'SQS tag',
      'Action=TagQueue&Tag.Key=team',
      '<Code>MissingParameter</Code><Message>The request must contain the parameter Tag.1.Value.',
    ],
    [
      'SNS attribute of a message',
      `Action=Publish&${topic}&Message=x&MessageAttributes.entry.1.Name=a`,
      '<Code>ValidationError</Code><Message>1 validation error detected: Value null at &apos;messageAttributes.a.member.dataType&apos;',
    ],
  ])('is refused, not left out: %s', async (_, body, expected) => {
    await call({ body: 'Action=CreateQueue&QueueName=half' });
    await call({ body: 'Action=CreateTopic&Name=half' });
    const isSqs = !body.includes(topic);
    const { status, text } = await call({ path: isSqs ? '/000000000000/half' : '/', body });
    expect(status).toBe(400);
    expect(text.replaceAll("'", '&apos;')).toContain(expected);
  });
});

describe('Accept: application/json', () => {
  const json = async (request: Call) => {
    const answer = await call({ ...request, headers: { Accept: 'application/json' } });
    const value: unknown = JSON.parse(answer.text);
    return { ...answer, value };
  };
  const metadata = { RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) };

  it('gets SQS answers in JSON', async () => {
    const empty = await json({
      method: 'GET',
      path: '/?Action=ListQueues&QueueNamePrefix=none',
    });
    expect(empty.type).toBe('application/json');
    expect(empty.value).toEqual({
      ListQueuesResponse: {
        ListQueuesResult: { NextToken: null, queueUrls: null },
        ResponseMetadata: metadata,
      },
    });
    await json({ body: 'Action=CreateQueue&QueueName=json' });
    const path = '/000000000000/json';
    const attributes = await json({
      path,
      body: 'Action=GetQueueAttributes&AttributeName.1=DelaySeconds',
    });
    expect(attributes.value).toEqual({
      GetQueueAttributesResponse: {
        GetQueueAttributesResult: { Attributes: [{ Name: 'DelaySeconds', Value: '0' }] },
        ResponseMetadata: metadata,
      },
    });
    const sent = await json({ path, body: 'Action=SendMessage&MessageBody=hi' });
    expect(sent.value).toEqual({
      SendMessageResponse: {
        SendMessageResult: {
          MD5OfMessageAttributes: null,
          MD5OfMessageBody: '49f68a5c8493ec2c0bf489821c21fc3b',
          MD5OfMessageSystemAttributes: null,
          MessageId: expect.any(String),
          SequenceNumber: null,
        },
        ResponseMetadata: metadata,
      },
    });
    const received = await json({ path, body: 'Action=ReceiveMessage' });
    expect(received.value).toMatchObject({
      ReceiveMessageResponse: { ReceiveMessageResult: { messages: [{ Body: 'hi' }] } },
    });
    const deleted = await json({ path, body: 'Action=DeleteQueue' });
    expect(deleted.value).toEqual({ DeleteQueueResponse: { ResponseMetadata: metadata } });
  });

  it('gets SNS and STS answers in JSON', async () => {
    const topic = await json({ body: 'Action=CreateTopic&Name=json&Version=2010-03-31' });
    const arn = 'arn:aws:sns:us-east-1:000000000000:json';
    expect(topic.value).toMatchObject({
      CreateTopicResponse: { CreateTopicResult: { TopicArn: arn } },
    });
    const attributes = await json({ body: `Action=GetTopicAttributes&TopicArn=${arn}` });
    expect(attributes.value).toMatchObject({
      GetTopicAttributesResponse: { GetTopicAttributesResult: { Attributes: { TopicArn: arn } } },
    });
    const caller = await json({ body: 'Action=GetCallerIdentity&Version=2011-06-15' });
    expect(caller.value).toMatchObject({
      GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: '000000000000' } },
    });
    const token = await json({ body: 'Action=GetSessionToken&Version=2011-06-15' });
    expect(token.value).toMatchObject({
      GetSessionTokenResponse: {
        GetSessionTokenResult: { Credentials: { Expiration: expect.any(Number) } },
      },
    });
  });

  it('gets errors in JSON', async () => {
    const sqs = await json({ path: '/000000000000/none', body: 'Action=GetQueueAttributes' });
    expect(sqs.status).toBe(400);
    expect(sqs.value).toEqual({
      Error: {
        Code: 'AWS.SimpleQueueService.NonExistentQueue',
        Detail: null,
        Message: 'The specified queue does not exist for this wsdl version.',
        Type: 'Sender',
      },
      RequestId: metadata.RequestId,
    });
    const sns = await json({ body: 'Action=CreateTopic&Name=a+b&Version=2010-03-31' });
    expect(sns.value).toMatchObject({ Error: { Code: 'InvalidParameter', Type: 'Sender' } });
  });
});
