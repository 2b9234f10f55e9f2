import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine.ts';

// What suites call on LocalStack and moto.

const engine = await startEngine({ port: 0 });
afterAll(() => engine.stop());
beforeEach(() => engine.reset());

const config = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
const sqs = new SQSClient({ ...config, endpoint: engine.endpoint });
const PATH = '/_aws/sqs/messages';

async function ask(path: string, method = 'GET', headers: Record<string, string> = {}) {
  const answer = await fetch(engine.endpoint + path, { method, headers });
  return { status: answer.status, text: await answer.text() };
}

it('answers the paths of health and reset, and names the others', async () => {
  const { text } = await ask('/_localstack/health');
  expect(text).toContain('"sqs": "running"'); // As health checks in shell look for it.
  const health = JSON.parse(text);
  expect(health.services).toMatchObject({ sqs: 'running', sns: 'running', lambda: 'running' });
  for (const reset of ['/_localstack/state/reset', '/moto-api/reset']) {
    await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    expect((await ask(reset, 'POST', { Origin: 'http://evil.test' })).status).toBe(403);
    expect((await ask(`${PATH}/us-east-1/000000000000/q`)).status).toBe(200);
    expect((await ask(reset, 'POST')).status).toBe(200);
    expect((await ask(`${PATH}/us-east-1/000000000000/q`)).status).toBe(400);
  }
  expect((await ask('/_localstack/chaos/faults', 'POST')).status).toBe(404);
});

describe('the messages of a queue', () => {
  const asJson = async (search: string) => {
    const { text } = await ask(PATH + search, 'GET', { Accept: 'application/json' });
    return JSON.parse(text).ReceiveMessageResponse.ReceiveMessageResult.Message as unknown[];
  };
  let QueueUrl = '';
  beforeEach(async () => {
    ({ QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' })));
    const attribute = { DataType: 'String', StringValue: 'red' };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: '<b>',
        MessageAttributes: { colour: attribute },
      }),
    );
  });

  it('are shown by URL, by path, as XML, and as the same in JSON', async () => {
    for (const path of [`${PATH}/us-east-1/000000000000/q`, `${PATH}?QueueUrl=${QueueUrl}`]) {
      const { status, text } = await ask(path);
      expect(status).toBe(200);
      expect(text).toContain('<Body>&lt;b&gt;</Body>');
      expect(text).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>0</Value>');
      expect(text).toContain('<MessageAttribute><Name>colour</Name>');
    }
    expect(await asJson(`?QueueUrl=${QueueUrl}`)).toEqual([
      expect.objectContaining({
        Body: '<b>',
        MD5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        ReceiptHandle: 'SQS/BACKDOOR/ACCESS',
        Attribute: expect.arrayContaining([{ Name: 'ApproximateReceiveCount', Value: '0' }]),
        MessageAttribute: [{ Name: 'colour', Value: { DataType: 'String', StringValue: 'red' } }],
      }),
    ]);
  });

  it('are what an SDK gets that is pointed there, and nothing is received', async () => {
    const looking = new SQSClient({ ...config, endpoint: engine.endpoint + PATH });
    const [message] = (await looking.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
    expect(message).toMatchObject({ Body: '<b>', Attributes: { ApproximateReceiveCount: '0' } });
    expect(message?.MessageAttributes).toHaveProperty('colour');
    const other = new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-nobody-made` });
    await expect(looking.send(other)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toHaveLength(1);
    // As a receive of what is empty: without a list.
    expect((await looking.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
  });

  it('are all of them, those in flight and delayed ones when asked for', async () => {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 900 }));
    const bodies = async (flags: string) =>
      ((await asJson(`?QueueUrl=${QueueUrl}${flags}`)) as { Body: string }[]).map(
        ({ Body }) => Body,
      );
    expect(await bodies('')).toEqual([]);
    expect(await bodies('&ShowInvisible=true')).toEqual(['<b>']);
    expect(await bodies('&ShowDelayed=true')).toEqual(['later']);
    expect(await bodies('&ShowInvisible=true&ShowDelayed=true')).toEqual(['<b>', 'later']);
  });

  it('are refused for a name that two regions have', async () => {
    const elsewhere = new SQSClient({ ...config, region: 'eu-west-1', endpoint: engine.endpoint });
    await elsewhere.send(new CreateQueueCommand({ QueueName: 'q' }));
    const { status, text } = await ask(`${PATH}?QueueUrl=${QueueUrl}`);
    expect(status).toBe(400);
    const { message } = JSON.parse(text);
    expect(message).toContain('There are 2 queues named');
    expect(message).toContain('arn:aws:sqs:eu-west-1:000000000000:q');

    // But not where the URL says which region is meant, or who signs the request.
    const regional = QueueUrl.replace('/000000000000/', '/queue/eu-west-1/000000000000/');
    expect((await ask(`${PATH}?QueueUrl=${regional}`)).text).not.toContain('<Body>');
    expect(engine.messages(regional)).toEqual([]);
    const looking = (region: string) => {
      const client = new SQSClient({ ...config, region, endpoint: engine.endpoint + PATH });
      return client.send(new ReceiveMessageCommand({ QueueUrl }));
    };
    expect((await looking('us-east-1')).Messages).toHaveLength(1);
    expect((await looking('eu-west-1')).Messages).toBeUndefined();
  });
});
