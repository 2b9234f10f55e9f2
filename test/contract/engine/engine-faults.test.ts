import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';

let running: TestEngine | undefined;

afterEach(() => running?.stop());

async function start(faults: string, seed: number) {
  await running?.stop();
  running = await startEngine({ faults, seed, waits: true });
  const settings = {
    endpoint: running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  return { sqs: new SQSClient(settings), sns: new SNSClient(settings) };
}

/** The names of the errors that some calls in a row end with; `ok` for those that don't. */
async function outcomes(sqs: SQSClient, calls: number): Promise<string[]> {
  const names: string[] = [];
  for (let call = 0; call < calls; call += 1) {
    await sqs.send(new ListQueuesCommand({})).then(
      () => names.push('ok'),
      (error: Error) => names.push(error.name),
    );
  }
  return names;
}

/** Bodies in the order in which they are received, of 40 messages sent in order. */
async function received(sqs: SQSClient): Promise<number[]> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  for (let batch = 0; batch < 4; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Id: `${index}`,
      MessageBody: `${batch * 10 + index}`,
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  const bodies: number[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body }) => Number(Body)));
  }
}

describe('injected faults', () => {
  it('throttle and fail with the names and statuses of AWS', async () => {
    const throttled = await start('throttle=100%', 1);
    await expect(throttled.sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({
      name: 'RequestThrottled',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(throttled.sns.send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: 'ThrottledException',
      $metadata: { httpStatusCode: 429 },
    });

    const failing = await start('error=100%', 1);
    await expect(failing.sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({
      name: 'InternalError',
      $fault: 'server',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(failing.sns.send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: 'InternalErrorException',
      $metadata: { httpStatusCode: 500 },
    });
  });

  it('come as often as asked for, and the same for the same seed', async () => {
    const faults = 'throttle=30%,error=20%';

    const first = await outcomes((await start(faults, 7)).sqs, 200);
    const again = await outcomes((await start(faults, 7)).sqs, 200);
    const other = await outcomes((await start(faults, 8)).sqs, 200);

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const share = (name: string) => first.filter((each) => each === name).length / 200;
    expect(share('RequestThrottled')).toBeCloseTo(0.3, 0);
    expect(share('InternalError')).toBeGreaterThan(0.1);
    expect(share('ok')).toBeGreaterThan(0.35);
  });

  it('slow every call down', async () => {
    const { sqs } = await start('latency=100ms', 1);
    const started = performance.now();

    await sqs.send(new ListQueuesCommand({}));

    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });

  it('deliver some messages twice', async () => {
    const bodies = await received((await start('duplicate=25%', 7)).sqs);

    expect(new Set(bodies).size).toBe(40);
    expect(bodies.length).toBeGreaterThan(42);
  });

  it('deliver out of order, the same way for the same seed', async () => {
    const bodies = await received((await start('reorder', 7)).sqs);
    const again = await received((await start('reorder', 7)).sqs);

    expect([...bodies].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(bodies).not.toEqual([...bodies].sort((a, b) => a - b));
    expect(again).toEqual(bodies);
  });

  it('are not shown unless asked for', async () => {
    const { sqs } = await start('latency=0ms', 1);

    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'calm' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );

    expect(Attributes?.QueueArn).toContain(':calm');
    expect(await outcomes(sqs, 50)).toEqual(Array.from({ length: 50 }, () => 'ok'));
    const bodies = await received(sqs);
    expect(bodies).toEqual([...bodies].sort((a, b) => a - b));
  });
});
