import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';

let running: TestEngine;

beforeAll(async () => {
  running = await startEngine();
});

afterAll(() => running.stop());

function json(target: string, body: string, headers: Record<string, string> = {}) {
  return fetch(running.endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': target, ...headers },
    body,
  });
}

function query(parameters: Record<string, string>, path = '/', headers = {}) {
  return fetch(running.endpoint + path, {
    method: 'POST',
    headers,
    body: new URLSearchParams(parameters),
  });
}

function sts(accessKeyId: string, extra: { sessionToken?: string; secretAccessKey?: string } = {}) {
  return new STSClient({
    endpoint: running.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId, secretAccessKey: 'test', ...extra },
  });
}

describe('errors of the JSON protocol', () => {
  it('names an unknown action', async () => {
    const answer = await json('AmazonSQS.FlyToTheMoon', '{}');

    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-query-error')).toBe('InvalidAction;Sender');
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.json()).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'The action FlyToTheMoon is not valid for this endpoint.',
    });
  });

  it.each([
    ['{', undefined],
    ['[]', 'Start of list found where not expected'],
    ['{"QueueName":1}', 'NUMBER_VALUE cannot be converted to String'],
    ['{"QueueName":true}', 'TRUE_VALUE cannot be converted to String'],
    ['{"QueueName":["a"]}', 'Unrecognized collection type class java.lang.String'],
    ['{"QueueName":"a","Attributes":[]}', 'Start of list found where not expected'],
    [
      '{"QueueName":"a","Attributes":{"A":{}}}',
      'Start of structure or map found where not expected',
    ],
  ])('refuses the types of %s', async (body, message) => {
    const answer = await json('AmazonSQS.CreateQueue', body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      __type: 'com.amazon.coral.service#SerializationException',
      ...(message === undefined ? {} : { message }),
    });
  });

  it('names a missing parameter', async () => {
    const answer = await json('AmazonSQS.SendMessage', '{"QueueUrl":null,"MessageBody":"a"}');

    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-query-error')).toBe('MissingParameter;Sender');
    expect(await answer.json()).toMatchObject({
      message: 'The request must contain the parameter QueueUrl.',
    });
  });
});

describe('errors of the Query protocol', () => {
  it('names an unknown action of SQS', async () => {
    const answer = await query({ Action: 'FlyToTheMoon', Version: '2012-11-05' });

    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(await answer.text()).toBe(
      `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>The action FlyToTheMoon is not valid for this endpoint.</Message><Detail/></Error><RequestId>${answer.headers.get('x-amzn-requestid')}</RequestId></ErrorResponse>`,
    );
  });

  it('names every missing member of SNS', async () => {
    const answer = await query({ Action: 'Subscribe', Version: '2010-03-31' });

    expect(answer.status).toBe(400);
    const body = await answer.text();
    expect(body).toContain('<Code>ValidationError</Code>');
    expect(body).toContain('2 validation errors detected: Value null at &apos;topicArn&apos;');
    expect(body).not.toContain('<Detail/>');
  });

  it('says what it does not do', async () => {
    const answer = await query({ Action: 'AssumeRoot', Version: '2011-06-15' });

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('does not support STS AssumeRoot');
  });

  it('refuses a request without an action', async () => {
    const answer = await fetch(running.endpoint);

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>MissingAction</Code>');
  });

  it('refuses broken escapes', async () => {
    const answer = await fetch(running.endpoint, { method: 'POST', body: 'Action=%zz' });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('<Code>MalformedQueryString</Code>');
  });
});

describe('the server', () => {
  it('stops while a poll waits, which does not end by itself', async () => {
    const own = await startEngine({ clock: 'frozen' });
    const settings = { endpoint: own.endpoint, region: 'us-east-1', maxAttempts: 1 };
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const sqs = new SQSClient({ ...settings, credentials });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'waiting' }));
    const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const cut = expect(poll).rejects.toThrow();
    await sqs.send(new GetQueueUrlCommand({ QueueName: 'waiting' }));

    await own.stop();

    await cut;
    await expect(fetch(own.endpoint)).rejects.toThrow();
  });

  it('keeps connections open', async () => {
    const answer = await json('AmazonSQS.ListQueues', '{}');

    expect(answer.headers.get('connection')).toBe('keep-alive');
    expect(answer.headers.get('keep-alive')).toBeNull();
    expect(await answer.text()).toBe('{}');
  });
});

describe('what is not a request of AWS', () => {
  it('refuses a body beyond the limit', async () => {
    const body = randomBytes(9 * 1024 * 1024).toString('hex');

    const answer = await json('AmazonSQS.SendMessage', body).catch((error: unknown) => error);

    if (answer instanceof Response) expect(answer.status).toBe(413);
    else expect(answer).toBeInstanceOf(TypeError);
  });

  it.each([
    [{ Origin: 'https://example.com' }, 403],
    [{ Origin: 'null' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ Origin: 'http://localhost:3000' }, 200],
    [{ 'Sec-Fetch-Site': 'none' }, 200],
  ])('asks where a web page is from: %j', async (headers: Record<string, string>, status) => {
    const own = await new Promise((resolve) => {
      get(`${running.endpoint}/?Action=ListQueues`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
    });

    expect(own).toBe(status);
  });
});

describe('STS', () => {
  it('takes a key of twelve digits for the account', async () => {
    const answer = await sts('123456789012').send(new GetCallerIdentityCommand({}));

    expect(answer).toMatchObject({
      UserId: '123456789012',
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    });
  });

  it('takes any other key for the default account', async () => {
    const answer = await sts('test').send(new GetCallerIdentityCommand({}));

    expect(answer.Account).toBe('000000000000');
  });

  it('gives keys for a role that act as it', async () => {
    const { Credentials, AssumedRoleUser } = await sts('test').send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::210987654321:role/path/Reader',
        RoleSessionName: 'tour',
        DurationSeconds: 900,
      }),
    );
    const keys = sts(Credentials?.AccessKeyId ?? '', {
      sessionToken: Credentials?.SessionToken ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
    });

    const identity = await keys.send(new GetCallerIdentityCommand({}));

    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const lifetime = (Credentials?.Expiration?.getTime() ?? 0) - Date.now();
    expect(lifetime).toBeGreaterThan(890_000);
    expect(lifetime).toBeLessThanOrEqual(900_000);
    expect(identity).toMatchObject({
      Account: '210987654321',
      Arn: 'arn:aws:sts::210987654321:assumed-role/Reader/tour',
      UserId: AssumedRoleUser?.AssumedRoleId,
    });
  });

  it('gives session keys for the caller itself', async () => {
    const { Credentials } = await sts('123456789012').send(new GetSessionTokenCommand({}));

    const identity = await sts(Credentials?.AccessKeyId ?? '').send(
      new GetCallerIdentityCommand({}),
    );

    expect(identity.Account).toBe('123456789012');
  });

  it('refuses keys that have expired', async () => {
    const own = await startEngine();
    const client = (accessKeyId: string) =>
      new STSClient({
        endpoint: own.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: 'test' },
      });
    const { Credentials } = await client('test').send(
      new GetSessionTokenCommand({ DurationSeconds: 900 }),
    );

    await own.advance(900_001);
    const late = client(Credentials?.AccessKeyId ?? '').send(new GetCallerIdentityCommand({}));

    await expect(late).rejects.toMatchObject({ name: 'ExpiredToken' });
    await own.stop();
  });

  it.each([
    [{ RoleArn: 'arn:aws:iam::1:role/a', RoleSessionName: 'tour' }, 'is invalid'],
    [
      { RoleArn: 'arn:aws:iam::210987654321:role/a', RoleSessionName: 'a b' },
      'Member must satisfy regular expression pattern',
    ],
    [
      {
        RoleArn: 'arn:aws:iam::210987654321:role/a',
        RoleSessionName: 'tour',
        DurationSeconds: 10,
      },
      'Member must have value greater than or equal to 900',
    ],
  ])('refuses %j', async (input, message) => {
    const answer = sts('test').send(new AssumeRoleCommand(input));

    await expect(answer).rejects.toThrow(message);
    await expect(answer).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
