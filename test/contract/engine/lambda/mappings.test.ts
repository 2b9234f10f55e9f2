import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clockOf } from '../../../../src/lib/engine/control/clock-control.ts';
import {
  ACCOUNT,
  type FunctionEngine,
  functionEngine,
  temporaryFolder,
} from '../../../fixtures/functions.ts';

let engine: FunctionEngine;
const cleanUps: (() => void)[] = [];
let folder: string;
let names = 0;
let name: string;
beforeAll(async () => {
  engine = await functionEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  folder = temporaryFolder(cleanUps);
  names += 1;
  name = `orders-${names}`;
});
afterEach(async () => {
  // What a test leaves behind must not go on to work beside the next.
  for (const uuid of [...engine.running.engine.lambda.mappings.keys()]) {
    await engine.lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
  }
  for (const each of cleanUps.splice(0)) each();
});

interface TestQueue {
  readonly url: string;
  readonly arn: string;
}

async function queue(Attributes: Record<string, string> = {}, suffix = ''): Promise<TestQueue> {
  const QueueName = `${name}${suffix}${Attributes.FifoQueue ? '.fifo' : ''}`;
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName, Attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${QueueName}` };
}

/** A handler that writes each event into a file, one a line, and then does what `then` says. */
async function handler(then = '', settings: Parameters<FunctionEngine['create']>[2] = {}) {
  const file = join(folder, 'events.jsonl');
  await engine.create(
    name,
    `import { appendFileSync, existsSync } from 'node:fs';
export const handler = async (event) => {
  appendFileSync(${JSON.stringify(file)}, JSON.stringify(event) + '\\n');
  const ids = event.Records.map((r) => r.messageId), bodies = event.Records.map((r) => r.body);
  ${then}
};`,
    settings,
  );
  return file;
}

interface SeenRecord {
  readonly messageId: string;
  readonly body: string;
  readonly [member: string]: unknown;
}

function events(file = join(folder, 'events.jsonl')): SeenRecord[][] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { Records: SeenRecord[] }).Records);
}

const bodies = () =>
  events()
    .flat()
    .map(({ body }) => body);

function map(source: TestQueue, settings: Partial<CreateEventSourceMappingCommandInput> = {}) {
  return engine.lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: source.arn,
      FunctionName: name,
      ...settings,
    }),
  );
}

function send({ url: QueueUrl }: TestQueue, MessageBody: string, more = {}) {
  return engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
}

/** Messages that are there: ready, and in flight. */
async function depth({ url: QueueUrl }: TestQueue): Promise<[ready: number, inFlight: number]> {
  const { Attributes = {} } = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return [
    Number(Attributes.ApproximateNumberOfMessages),
    Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  ];
}

const advance = (seconds: number) => clockOf(engine.running.engine).advance(seconds * 1000);
const empty = [0, 0];
/** When everything that could happen at once has: the function was called and the poller waits again. */
const settled = () => expect.poll(() => engine.running.engine.lambda.running.size).toBe(0);

describe('a mapping', () => {
  it('is created, told, listed, updated and deleted', async () => {
    await handler();
    const source = await queue();
    const made = await map(source, { Tags: { team: 'orders' } });
    expect(made).toMatchObject({
      $metadata: { httpStatusCode: 202 },
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: source.arn,
      FunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`,
    });
    expect(made.LastModified).toBeInstanceOf(Date);
    const { UUID = '' } = made;
    expect(await engine.lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      State: 'Enabled',
    });
    for (const query of [{ FunctionName: name }, { EventSourceArn: source.arn }]) {
      const listed = await engine.lambda.send(new ListEventSourceMappingsCommand(query));
      expect(listed.EventSourceMappings).toMatchObject([{ UUID }]);
    }
    const changed = await engine.lambda.send(
      new UpdateEventSourceMappingCommand({
        UUID,
        BatchSize: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      }),
    );
    expect(changed).toMatchObject({
      State: 'Updating',
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(
      await engine.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ScalingConfig: {} })),
    ).not.toHaveProperty('ScalingConfig');
    const deleted = await engine.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    expect(deleted).toMatchObject({ State: 'Deleting', $metadata: { httpStatusCode: 202 } });
    await expect(
      engine.lambda.send(new GetEventSourceMappingCommand({ UUID })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuses what AWS refuses', async () => {
    await handler('', { Timeout: 31 });
    const source = await queue({ VisibilityTimeout: '31' });
    const short = await queue({ VisibilityTimeout: '30' }, '-short');
    const fifo = await queue({ FifoQueue: 'true', VisibilityTimeout: '31' });
    const gone: TestQueue = { url: '', arn: `${source.arn}-gone` };
    const refusals: [TestQueue, Partial<CreateEventSourceMappingCommandInput>, string, string][] = [
      [
        short,
        {},
        'InvalidParameterValueException',
        'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
      ],
      [
        source,
        { BatchSize: 11 },
        'InvalidParameterValueException',
        'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
      ],
      [source, { BatchSize: 0 }, 'ValidationException', 'batchSize'],
      [
        source,
        { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 },
        'ValidationException',
        'batchSize',
      ],
      [
        source,
        { MaximumBatchingWindowInSeconds: 301 },
        'ValidationException',
        'maximumBatchingWindowInSeconds',
      ],
      [
        source,
        { ScalingConfig: { MaximumConcurrency: 1 } },
        'ValidationException',
        'maximumConcurrency',
      ],
      [
        source,
        { ScalingConfig: { MaximumConcurrency: 1001 } },
        'ValidationException',
        'maximumConcurrency',
      ],
      [
        source,
        { FilterCriteria: { Filters: [{ Pattern: 'no' }] } },
        'InvalidParameterValueException',
        'Invalid filter pattern',
      ],
      [
        source,
        { FunctionResponseTypes: ['Other' as 'ReportBatchItemFailures'] },
        'ValidationException',
        'functionResponseTypes',
      ],
      [
        source,
        { StartingPosition: 'LATEST' },
        'InvalidParameterValueException',
        'StartingPosition',
      ],
      [
        fifo,
        { MaximumBatchingWindowInSeconds: 1 },
        'InvalidParameterValueException',
        'Batching window is not supported for FIFO queues',
      ],
      [
        gone,
        {},
        'InvalidParameterValueException',
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue',
      ],
      [source, { FunctionName: 'other' }, 'ResourceNotFoundException', 'Function not found'],
      [
        { url: '', arn: `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/a` },
        {},
        'UnsupportedOperation',
        'event sources other than queues',
      ],
    ];
    for (const [at, settings, error, message] of refusals) {
      await expect(map(at, settings), message).rejects.toMatchObject({
        name: error,
        message: expect.stringContaining(message),
      });
    }
    // The last values that hold.
    const { UUID } = await map(source, {
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 300,
      ScalingConfig: { MaximumConcurrency: 1000 },
    });
    await expect(map(source)).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `An event source mapping with SQS arn (" ${source.arn} ") and function (" ${name} ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
      $metadata: { httpStatusCode: 409 },
    });
    await expect(
      engine.lambda.send(
        new UpdateEventSourceMappingCommand({ UUID, MaximumBatchingWindowInSeconds: 0 }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

describe('messages', () => {
  it('come as records and are deleted after success', async () => {
    await handler();
    const source = await queue();
    await send(source, '{"orderId":"O1"}', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'new' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
      },
    });
    await map(source);
    await expect.poll(() => events().length).toBe(1);
    await expect.poll(() => depth(source)).toEqual(empty);
    const [record] = events().flat();
    expect(record).toEqual({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: '{"orderId":"O1"}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: ACCOUNT,
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        kind: {
          stringValue: 'new',
          stringListValues: [],
          binaryListValues: [],
          dataType: 'String',
        },
        raw: {
          binaryValue: 'AQI=',
          stringListValues: [],
          binaryListValues: [],
          dataType: 'Binary',
        },
      },
      md5OfBody: createHash('md5').update('{"orderId":"O1"}').digest('hex'),
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: 'aws:sqs',
      eventSourceARN: source.arn,
      awsRegion: 'us-east-1',
    });
  });

  it.each([
    ['an error', 'throw new Error("no");'],
    ['an exit', 'process.exit(1);'],
    ['a timeout', 'await new Promise((r) => setTimeout(r, 60_000));'],
  ])(
    'stay after %s, come back when their visibility ends, and go to the dead-letter queue',
    async (_what, then) => {
      await handler(then, { Timeout: 1 });
      const dead = await queue({}, '-dead');
      const source = await queue({
        VisibilityTimeout: '30',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
      });
      await map(source);
      await send(source, 'poison');
      await expect.poll(() => events().length).toBe(1);
      await settled();
      // Nothing is deleted, and the poller doesn't try again by itself.
      expect(await depth(source)).toEqual([0, 1]);
      await advance(30);
      await expect.poll(() => events().length).toBe(2);
      await settled();
      await advance(30);
      await expect.poll(() => depth(dead)).toEqual([1, 0]);
      expect(events()).toHaveLength(2);
      expect(await depth(source)).toEqual(empty);
    },
  );

  it('are deleted after a function that took nearly all of its time', async () => {
    await handler('await new Promise((r) => setTimeout(r, 1500));', { Timeout: 3 });
    const source = await queue({ VisibilityTimeout: '3' });
    await map(source);
    await send(source, 'slow');
    await expect.poll(() => events().length).toBe(1);
    await expect.poll(() => depth(source)).toEqual(empty);
    expect(events()).toHaveLength(1);
  });

  it.each([
    // What counts as a complete success, and as a complete failure ("Success and failure conditions").
    ['undefined', 'return undefined;', 0],
    ['null', 'return null;', 0],
    ['an empty object', 'return {};', 0],
    ['an empty string', 'return "";', 0],
    ['an empty list', 'return { batchItemFailures: [] };', 0],
    ['null for the list', 'return { batchItemFailures: null };', 0],
    ['one id', 'return { batchItemFailures: [{ itemIdentifier: ids[bodies.indexOf("b")] }] };', 1],
    [
      'all ids',
      'return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };',
      3,
    ],
    ['an empty id', 'return { batchItemFailures: [{ itemIdentifier: "" }] };', 3],
    ['null for an id', 'return { batchItemFailures: [{ itemIdentifier: null }] };', 3],
    ['another key', 'return { batchItemFailures: [{ itemId: ids[0] }] };', 3],
    [
      'an id of another batch',
      'return { batchItemFailures: [{ itemIdentifier: ids[0] }, { itemIdentifier: "x" }] };',
      3,
    ],
    ['a list that is none', 'return { batchItemFailures: "x" };', 3],
    ['a throw', 'throw new Error("no");', 3],
  ])('are judged by a partial answer: %s', async (_what, then, left) => {
    await handler(then);
    const source = await queue();
    await engine.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: source.url,
        Entries: ['a', 'b', 'c'].map((each) => ({ Id: each, MessageBody: each })),
      }),
    );
    await map(source, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await expect.poll(() => events().length).toBe(1);
    await settled();
    await expect.poll(() => depth(source)).toEqual([0, left]);
    expect(bodies()).toEqual(['a', 'b', 'c']);
  });

  it('are all done after a partial answer that nobody asked for', async () => {
    await handler(
      'return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };',
    );
    const source = await queue();
    await send(source, 'a');
    await map(source);
    await expect.poll(() => events().length).toBe(1);
    await expect.poll(() => depth(source)).toEqual(empty);
  });

  it('that no filter matches are deleted, and the others come', async () => {
    await handler();
    const source = await queue();
    for (const body of ['{"status":"new"}', '{"status":"old"}', 'text', '{"total":5}']) {
      await send(source, body, {
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: body === 'text' ? 'plain' : 'json' },
        },
      });
    }
    await map(source, {
      FilterCriteria: {
        Filters: [
          { Pattern: '{"body":{"status":["new"]}}' },
          { Pattern: '{"body":{"total":[{"numeric":[">",4]}]}}' },
          { Pattern: '{"messageAttributes":{"kind":{"stringValue":["plain"]}}}' },
        ],
      },
    });
    await expect.poll(() => depth(source)).toEqual(empty);
    expect(bodies().sort()).toEqual(['text', '{"status":"new"}', '{"total":5}'].sort());
  });

  it('are gathered up to the batch size, or until the window ends', async () => {
    await handler();
    const source = await queue();
    for (let start = 0; start < 30; start += 10) {
      const Entries = Array.from({ length: 10 }, (_, i) => ({
        Id: `${i}`,
        MessageBody: `${start + i}`,
      }));
      await engine.sqs.send(new SendMessageBatchCommand({ QueueUrl: source.url, Entries }));
    }
    await map(source, { BatchSize: 25, MaximumBatchingWindowInSeconds: 20 });
    await expect.poll(() => events().map((each) => each.length)).toEqual([25]);
    await expect.poll(() => depth(source)).toEqual([0, 5]);
    await advance(20);
    await expect.poll(() => events().map((each) => each.length)).toEqual([25, 5]);
    await expect.poll(() => depth(source)).toEqual(empty);
  });

  it('of more than 6 MB together come in several events', async () => {
    await handler();
    const source = await queue({ MaximumMessageSize: '1048576' });
    for (let i = 0; i < 8; i += 1) await send(source, `${i}`.repeat(1_000_000));
    await map(source);
    await expect.poll(() => events().flat().length).toBe(8);
    await expect.poll(() => depth(source)).toEqual(empty);
    for (const records of events()) {
      expect(Buffer.byteLength(JSON.stringify({ Records: records }))).toBeLessThanOrEqual(
        6 * 1024 * 1024,
      );
    }
  });

  it('of a message group are handled one batch after the other, those of others beside them', async () => {
    const gate = join(folder, 'open');
    await handler(
      `while (bodies[0].startsWith('a') && !existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 20));`,
      { Timeout: 20 },
    );
    const source = await queue({ FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await map(source, { BatchSize: 1 });
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) {
      await send(source, body, { MessageGroupId: body.slice(0, 1) });
    }
    await expect.poll(() => bodies().toSorted()).toEqual(['a1', 'b1', 'b2']);
    writeFileSync(gate, '');
    await expect.poll(() => depth(source)).toEqual(empty);
    const all = bodies();
    expect(all.filter((each) => each.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(all.filter((each) => each.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  it('are handled by as many as MaximumConcurrency at a time, and by five at first', async () => {
    const gate = join(folder, 'open');
    await handler(
      `while (!existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 20));`,
      { Timeout: 20 },
    );
    const source = await queue();
    for (let i = 0; i < 6; i += 1) await send(source, `${i}`);
    await map(source, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    await expect.poll(() => events().length).toBe(2);
    expect(await depth(source)).toEqual([4, 2]);
    writeFileSync(gate, '');
    await expect.poll(() => depth(source)).toEqual(empty);
    expect(bodies().toSorted()).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('are received two at a time while the function is throttled, and their receives count', async () => {
    await handler();
    const concurrency = { FunctionName: name, ReservedConcurrentExecutions: 0 };
    await engine.lambda.send(new PutFunctionConcurrencyCommand(concurrency));
    const dead = await queue({}, '-dead');
    const source = await queue({
      VisibilityTimeout: '30',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
    });
    const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, MessageBody: `${i}` }));
    await engine.sqs.send(new SendMessageBatchCommand({ QueueUrl: source.url, Entries }));
    const { UUID = '' } = await map(source, { BatchSize: 1 });
    const { pollers, tallies } = engine.running.engine.lambda;
    const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
    await expect.poll(() => tallies.of(arn).throttles).toBeGreaterThan(7);
    expect(pollers.get(UUID)?.concurrency).toBe(2);
    expect((await depth(source))[0]).toBeGreaterThanOrEqual(5);

    // What can't be invoked is received again, until it goes to the dead-letter queue.
    while ((await depth(dead))[0] === 0) await advance(30);

    await engine.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
    await advance(30);
    await expect.poll(() => depth(source)).toEqual(empty);
    const [lost = 0] = await depth(dead);
    expect(lost).toBeLessThan(10);
    expect(new Set(bodies()).size).toBeGreaterThanOrEqual(10 - lost);
  });

  it('go to a throttled function as long as it can end before they are visible again, and no longer', async () => {
    const first = engine;
    engine = await functionEngine({ frozen: true });
    try {
      await handler('', { Timeout: 4 });
      const source = await queue({ VisibilityTimeout: '10' });
      const { tallies } = engine.running.engine.lambda;
      const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
      const concurrency = { FunctionName: name, ReservedConcurrentExecutions: 0 };
      const throttle = () => engine.lambda.send(new PutFunctionConcurrencyCommand(concurrency));
      const release = () =>
        engine.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
      await throttle();
      await map(source);
      const receivedAt0 = async (body: string) => {
        const { throttles } = tallies.of(arn);
        await send(source, body);
        await expect.poll(() => tallies.of(arn).throttles).toBe(throttles + 1);
      };

      await receivedAt0('in time');
      await advance(5.9);
      await release();
      await advance(0.1);
      await expect.poll(bodies).toEqual(['in time']);

      await throttle();
      await receivedAt0('too late');
      await advance(6);
      await release();
      await advance(3.9);
      expect(await depth(source)).toEqual([0, 1]);
      await advance(0.1);
      await expect.poll(bodies).toEqual(['in time', 'too late']);
      expect(events().at(-1)?.[0]?.attributes).toMatchObject({ ApproximateReceiveCount: '2' });
      await engine.stop();
    } finally {
      engine = first;
    }
  });

  it('are kept back while a mapping is off, and while its function is gone', async () => {
    await handler();
    const source = await queue();
    const { UUID } = await map(source, { Enabled: false });
    await send(source, 'a');
    expect(await depth(source)).toEqual([1, 0]);
    const told = await engine.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID, Enabled: true }),
    );
    expect(told.State).toBe('Enabling');
    await expect.poll(() => depth(source)).toEqual(empty);
    await engine.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    expect(await engine.lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      State: 'Disabled',
    });
    await send(source, 'b');
    await engine.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    await engine.lambda
      .send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
      .catch(() => undefined);
    expect(await depth(source)).toEqual([1, 0]);
    expect(bodies()).toEqual(['a']);
  });

  it('come again when a queue that was deleted is there again', async () => {
    await handler();
    const source = await queue();
    const { UUID } = await map(source);
    await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: source.url }));
    await expect
      .poll(
        async () =>
          (await engine.lambda.send(new GetEventSourceMappingCommand({ UUID })))
            .LastProcessingResult,
      )
      .toMatch(/PROBLEM: .*queue/i);
    await advance(61);
    await queue();
    await send(source, 'again');
    await expect.poll(() => bodies()).toEqual(['again']);
  });
});

it('goes on after a restart with the messages that were not handled', async () => {
  const stateDir = temporaryFolder(cleanUps);
  const gate = join(folder, 'open');
  const first = engine;
  const one = await functionEngine({ stateDir });
  engine = one;
  await handler(
    `if (!existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 60_000));`,
    {
      Timeout: 20,
    },
  );
  const source = await queue();
  await map(source);
  await send(source, 'a');
  await expect.poll(() => events().length).toBe(1);
  await one.stop();
  writeFileSync(gate, '');
  const two = await functionEngine({ stateDir });
  engine = two;
  expect(await depth(source)).toEqual([0, 1]);
  await advance(30);
  await expect.poll(() => bodies()).toEqual(['a', 'a']);
  await expect.poll(() => depth(source)).toEqual(empty);
  await two.stop();
  engine = first;
});
