import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const engine = useSqsEngine();

const ACCOUNT = '111122223333';

/** The ARN of what a URL leads to; the SDK's client sends the URL as it is to the engine. */
async function arnAt(QueueUrl: string, client = engine.sqs): Promise<string | undefined> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn;
}

describe('the URL of a queue', () => {
  beforeAll(async () => {
    for (const region of ['us-east-1', 'eu-west-1']) {
      await engine.client({ region }).send(new CreateQueueCommand({ QueueName: 'orders' }));
    }
    await engine.sqs.send(
      new CreateQueueCommand({ QueueName: 'orders.fifo', Attributes: { FifoQueue: 'true' } }),
    );
  });

  it.each([
    `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/orders`,
    `http://sqs.eu-west-1.localhost.localstack.cloud:4566/${ACCOUNT}/orders`,
    `http://eu-west-1.queue.localhost.localstack.cloud:4566/${ACCOUNT}/orders`,
    `https://eu-west-1.queue.amazonaws.com/${ACCOUNT}/orders`,
    `https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/${ACCOUNT}/orders`,
    `http://localhost:4566/queue/eu-west-1/${ACCOUNT}/orders`,
    `/queue/eu-west-1/${ACCOUNT}/orders`,
  ])('%s names the region', async (url) => {
    expect(await arnAt(url)).toBe(`arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`);
  });

  it.each([
    `http://127.0.0.1:1/${ACCOUNT}/orders`,
    `http://sqs.localhost:4566/${ACCOUNT}/orders/`,
    `https://queue.amazonaws.com/${ACCOUNT}/orders`,
    `/${ACCOUNT}/orders`,
    'orders',
  ])('%s is looked for in the region of the signature', async (url) => {
    expect(await arnAt(url)).toBe(`arn:aws:sqs:us-east-1:${ACCOUNT}:orders`);
    const client = engine.client({ region: 'eu-west-1' });
    expect(await arnAt(url, client)).toBe(`arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`);
  });

  it('may be the name alone in every action', async () => {
    const { MessageId } = await engine.sqs.send(
      new SendMessageCommand({ QueueUrl: 'orders', MessageBody: 'hi' }),
    );
    expect(MessageId).toBeDefined();
    expect(await arnAt('orders.fifo')).toBe(`arn:aws:sqs:us-east-1:${ACCOUNT}:orders.fifo`);
  });

  it.each([
    ['none', 'QueueDoesNotExist'],
    [`http://127.0.0.1:1/${ACCOUNT}/none`, 'QueueDoesNotExist'],
    [`https://sqs.ap-south-1.amazonaws.com/${ACCOUNT}/orders`, 'QueueDoesNotExist'],
    ['http://127.0.0.1:4566/', 'InvalidAddress'],
  ])('%s leads to nothing: %s', async (url, name) => {
    await expect(arnAt(url)).rejects.toMatchObject({ name });
  });
});
