import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clockOf } from '../../../../src/lib/engine/control/clock-control.ts';
import type { PendingEvent } from '../../../../src/lib/engine/services/lambda/invoke/event.ts';
import { NO_FAULTS } from '../../../../src/lib/rules/faults.ts';
import {
  ACCOUNT,
  type FunctionEngine,
  functionEngine,
  temporaryFolder,
  zip,
} from '../../../fixtures/functions.ts';

let engine: FunctionEngine;
const cleanUps: (() => void)[] = [];
let file: string;
let names = 0;
let name: string;
let arn: string;
beforeAll(async () => {
  engine = await functionEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  file = join(temporaryFolder(cleanUps), 'events.jsonl');
  names += 1;
  name = `work-${names}`;
  arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
});
afterEach(() => {
  for (const each of cleanUps.splice(0)) each();
});

/** A handler that writes its event into a file before it does what `then` says. */
function recorder(then = '', settings: Parameters<FunctionEngine['create']>[2] = {}) {
  return engine.create(
    name,
    `import { appendFileSync, existsSync } from 'node:fs';
export const handler = async (event, context) => {
  appendFileSync(${JSON.stringify(file)}, JSON.stringify({ event, id: context.awsRequestId }) + '\\n');
  ${then}
};`,
    settings,
  );
}

interface Seen {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test sent
  readonly event: any;
  readonly id: string;
}

function seen(): Seen[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Seen);
}

const advance = (seconds: number) => clockOf(engine.running.engine).advance(seconds * 1000);
const idle = () => expect.poll(() => engine.running.engine.lambda.running.size).toBe(0);

/** The sum of a metric of the function in the last minutes. */
async function sumOf(MetricName: string): Promise<number> {
  const { endpoint, engine: own } = engine.running;
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const metrics = new CloudWatchClient({ endpoint, region: 'us-east-1', credentials });
  cleanUps.push(() => metrics.destroy());
  const now = own.clock.timestamp();
  const { Datapoints = [] } = await metrics.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      StartTime: new Date(now - 600_000),
      EndTime: new Date(now),
      Period: 60,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

const send = (event: unknown) =>
  engine.lambda.send(
    new InvokeCommand({
      FunctionName: name,
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    }),
  );

async function queue(suffix: string, Attributes: Record<string, string> = {}) {
  const QueueName = `${name}-${suffix}`;
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName, Attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${QueueName}` };
}

async function receive({ url: QueueUrl }: { readonly url: string }) {
  const { Messages: [message] = [] } = await engine.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MessageAttributeNames: ['All'] }),
  );
  return message;
}

describe('an asynchronous event', () => {
  it('is answered at once and run once', async () => {
    await recorder();
    const { StatusCode, $metadata } = await send({ n: 1 });
    expect(StatusCode).toBe(202);
    await expect.poll(seen).toEqual([{ event: { n: 1 }, id: $metadata.requestId }]);
  });

  it('is tried again after one minute and two, and then goes to the dead-letter queue', async () => {
    const dead = await queue('dead');
    await recorder('throw new Error("no");', { DeadLetterConfig: { TargetArn: dead.arn } });
    const { $metadata } = await send({ n: 1 });
    await expect.poll(() => seen().length).toBe(1);
    await idle();
    await advance(59);
    expect(seen()).toHaveLength(1);
    await advance(2);
    await expect.poll(() => seen().length).toBe(2);
    await idle();
    await advance(110);
    expect(seen()).toHaveLength(2);
    await advance(12);
    await expect.poll(() => seen().length).toBe(3);
    const letter = await receive(dead);
    expect(letter?.Body).toBe('{"n":1}');
    expect(letter?.MessageAttributes).toMatchObject({
      RequestID: { StringValue: $metadata.requestId },
      ErrorMessage: { StringValue: 'no' },
    });
    expect(new Set(seen().map(({ id }) => id)).size).toBe(1);
  });

  it('is told to its destinations', async () => {
    const failed = await queue('failed');
    const done = await queue('done');
    await recorder('if (event.bad) throw new Error("no"); return { fine: true };');
    const config = {
      FunctionName: name,
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnSuccess: { Destination: done.arn },
        OnFailure: { Destination: failed.arn },
      },
    };
    await engine.lambda.send(new PutFunctionEventInvokeConfigCommand(config));
    expect(
      await engine.lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: name })),
    ).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 21_600 });
    await send({ bad: true });
    expect(JSON.parse((await receive(failed))?.Body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: {
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
        functionArn: `${arn}:$LATEST`,
      },
      requestPayload: { bad: true },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no' },
    });
    await send({});
    expect(JSON.parse((await receive(done))?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 1 },
      responsePayload: { fine: true },
    });
    await idle();
    await advance(120);
    expect(await Promise.all([sumOf('Invocations'), sumOf('Errors')])).toEqual([2, 1]);
  });

  it('of a version is told as it came, however deep it nests', async () => {
    const done = await queue('done');
    await engine.create(name, 'export const handler = async () => 1;');
    const version = { FunctionName: name, Qualifier: '1' };
    await engine.lambda.send(new PublishVersionCommand({ FunctionName: name }));
    await engine.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        ...version,
        DestinationConfig: { OnSuccess: { Destination: done.arn } },
      }),
    );
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const Payload = `{"deep":${deep}}`;
    await engine.lambda.send(new InvokeCommand({ ...version, InvocationType: 'Event', Payload }));
    const body = (await receive(done))?.Body ?? '';
    expect(body).toContain(`"functionArn":"${arn}:1"`);
    expect(body).toContain(`"requestPayload":${Payload},"responseContext":{"statusCode":200`);
    expect(body.endsWith('"responsePayload":1}')).toBe(true);
  });

  it('waits while the function is throttled', async () => {
    await recorder('if (event.n === 1) await new Promise((r) => setTimeout(r, 60_000));', {
      Timeout: 60,
    });
    await engine.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 1 }),
    );
    void send({ n: 1 });
    await expect.poll(() => seen().length).toBe(1);
    await send({ n: 2 });
    const { tallies } = engine.running.engine.lambda;
    await expect.poll(() => tallies.of(arn).throttles).toBe(1);
    await engine.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
    await advance(2);
    await expect.poll(() => seen().map(({ event }) => event.n)).toEqual([1, 2]);
    await engine.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
  });

  it('is given up at once, and not tried, while reserved concurrency is zero', async () => {
    const [dead, failed] = [await queue('dead'), await queue('failed')];
    await recorder('', { DeadLetterConfig: { TargetArn: dead.arn } });
    const OnFailure = { Destination: failed.arn };
    await engine.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: name,
        DestinationConfig: { OnFailure },
      }),
    );
    await engine.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }),
    );
    await send({ n: 1 });
    const record = JSON.parse((await receive(failed))?.Body ?? '');
    expect(record).toMatchObject({
      requestContext: { condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 },
      requestPayload: { n: 1 },
    });
    expect(record).not.toHaveProperty('responsePayload');
    const letter = await receive(dead);
    expect(letter).toMatchObject({
      Body: '{"n":1}',
      MessageAttributes: {
        ErrorCode: { StringValue: '429' },
        ErrorMessage: { StringValue: expect.stringContaining('zero reserved concurrent') },
      },
    });
    expect(seen()).toEqual([]);
  });

  it.each([{ error: 1 }, { throttle: 1 }])(
    'is told to destinations that can not answer at first (%j), also by the engine that comes next',
    async (faults) => {
      const stateDir = temporaryFolder(cleanUps);
      const gate = `${file}.open`;
      const first = engine;
      try {
        engine = await functionEngine({ stateDir });
        const [dead, failed] = [await queue('dead'), await queue('failed')];
        await recorder(
          `while (!existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 20));
  throw new Error('no');`,
          { Timeout: 60, DeadLetterConfig: { TargetArn: dead.arn } },
        );
        const FunctionName = name;
        const DestinationConfig = { OnFailure: { Destination: failed.arn } };
        await engine.lambda.send(
          new PutFunctionEventInvokeConfigCommand({
            FunctionName,
            DestinationConfig,
            MaximumRetryAttempts: 0,
          }),
        );
        await send({ n: 1 });
        await expect.poll(() => seen().length).toBe(1);
        engine.running.faults.set({ ...NO_FAULTS, ...faults }, 0);
        writeFileSync(gate, '');
        const kept = () => [...engine.running.engine.journal.entries('lambda.events')];
        await expect
          .poll(() => kept().map(({ value }) => (value as PendingEvent).end?.tries ?? 0))
          .toEqual([expect.toSatisfy((tries: number) => tries > 0)]);
        await engine.stop();
        engine = await functionEngine({ stateDir });
        await advance(300);
        const at = ({ url }: { readonly url: string }) => ({
          url: url.replace(/^http:\/\/[^/]+/, engine.running.endpoint),
        });
        expect(JSON.parse((await receive(at(failed)))?.Body ?? '')).toMatchObject({
          requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
          responsePayload: { errorMessage: 'no' },
        });
        expect((await receive(at(dead)))?.Body).toBe('{"n":1}');
        await expect.poll(kept).toEqual([]);
        expect(seen()).toHaveLength(1);
        await engine.stop();
      } finally {
        engine = first;
      }
    },
  );

  it('is not lost when the engine is started anew', async () => {
    const stateDir = temporaryFolder(cleanUps);
    const first = engine;
    try {
      engine = await functionEngine({ stateDir });
      await recorder('if (event.n === 1) await new Promise((r) => setTimeout(r, 60_000));', {
        Timeout: 30,
      });
      await send({ n: 1 });
      await expect.poll(() => seen().length).toBe(1);
      await engine.stop();
      engine = await functionEngine({ stateDir });
      await expect.poll(() => seen().length).toBe(2);
      await engine.stop();
    } finally {
      engine = first;
    }
  });
});

describe('reserved concurrency', () => {
  it('bounds what runs at a time', async () => {
    await recorder('await new Promise((r) => setTimeout(r, 60_000));', { Timeout: 60 });
    const { lambda } = engine;
    const FunctionName = name;
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }),
    );
    expect(await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject({
      ReservedConcurrentExecutions: 1,
    });
    expect(await lambda.send(new GetAccountSettingsCommand({}))).toMatchObject({
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 999 },
    });
    const running = engine.invoke(name).catch(() => undefined);
    await expect.poll(() => seen().length).toBe(1);
    await expect(engine.invoke(name)).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 900 }),
    );
    await expect(
      lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 901 }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    void running;
  });
});

describe('versions and aliases', () => {
  it('keep what was published while $LATEST goes on', async () => {
    const { lambda } = engine;
    const FunctionName = name;
    await engine.create(name, 'export const handler = async (e, c) => ["one", c.functionVersion];');
    const first = await lambda.send(new PublishVersionCommand({ FunctionName }));
    expect(first).toMatchObject({ Version: '1', FunctionArn: `${arn}:1` });
    // Nothing changed: no other version.
    expect((await lambda.send(new PublishVersionCommand({ FunctionName }))).Version).toBe('1');
    const ZipFile = await zip({
      'index.mjs': 'export const handler = async (e, c) => ["two", c.functionVersion];',
    });
    const code = { FunctionName, ZipFile };
    const second = await lambda.send(new UpdateFunctionCodeCommand({ ...code, Publish: true }));
    const latest = await lambda.send(new UpdateFunctionCodeCommand(code));
    expect([second.FunctionArn, latest.FunctionArn]).toEqual([`${arn}:2`, arn]);
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    expect((await engine.invoke(`${name}:live`)).answer).toEqual(['one', '1']);
    expect((await engine.invoke(`${name}:2`)).answer).toEqual(['two', '2']);
    expect((await engine.invoke(name)).answer).toEqual(['two', '$LATEST']);
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
    expect((await engine.invoke(`${name}:live`)).answer).toEqual(['two', '2']);
    expect(await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))).toMatchObject({
      AliasArn: `${arn}:live`,
      FunctionVersion: '2',
    });
    const { Versions = [] } = await lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName }),
    );
    expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2']);
    await expect(
      lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '2' })),
    ).rejects.toMatchObject({
      name: 'ResourceConflictException',
    });
    await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' }));
    await expect(engine.invoke(`${name}:1`)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

it('keeps tags of functions', async () => {
  const { lambda } = engine;
  await engine.create(name, '', { Tags: { a: '1', b: '2' } });
  await lambda.send(new TagResourceCommand({ Resource: arn, Tags: { b: '3', c: '4' } }));
  await lambda.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['a', 'x'] }));
  expect((await lambda.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({
    b: '3',
    c: '4',
  });
  await expect(
    lambda.send(new TagResourceCommand({ Resource: arn, Tags: { 'aws:a': '1' } })),
  ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
});

describe('permissions', () => {
  it('are added, shown and removed', async () => {
    const { lambda } = engine;
    const FunctionName = name;
    await engine.create(name, '');
    const SourceArn = `arn:aws:sns:us-east-1:${ACCOUNT}:topic`;
    const permission = {
      FunctionName,
      StatementId: 'sns',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn,
    };
    const { Statement = '' } = await lambda.send(new AddPermissionCommand(permission));
    const statement = {
      Sid: 'sns',
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: arn,
      Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
    };
    expect(JSON.parse(Statement)).toEqual(statement);
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy)).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [statement],
    });
    await expect(lambda.send(new AddPermissionCommand(permission))).rejects.toMatchObject({
      name: 'ResourceConflictException',
    });
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'sns' }));
    for (const call of [
      () => lambda.send(new GetPolicyCommand({ FunctionName })),
      () => lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'sns' })),
    ]) {
      await expect(call()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });

  it('let another account in, and nobody else', async () => {
    await engine.create(name, 'export const handler = async () => 1;');
    const other = new LambdaClient({
      endpoint: engine.running.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: '444455556666', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    cleanUps.push(() => other.destroy());
    const call = () => other.send(new InvokeCommand({ FunctionName: arn }));
    await expect(call()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
    await engine.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'other',
        Action: 'lambda:InvokeFunction',
        Principal: '444455556666',
      }),
    );
    expect(Buffer.from((await call()).Payload ?? []).toString()).toBe('1');
    await expect(
      other.send(new DeleteFunctionCommand({ FunctionName: arn })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('a topic', () => {
  async function subscribed() {
    const { TopicArn = '' } = await engine.sns.send(new CreateTopicCommand({ Name: name }));
    const { SubscriptionArn = '' } = await engine.sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'lambda',
        Endpoint: arn,
        ReturnSubscriptionArn: true,
      }),
    );
    return { TopicArn, SubscriptionArn };
  }
  const allow = (SourceArn: string) =>
    engine.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'sns',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn,
      }),
    );
  const shown = (topicArn: string) => engine.running.engine.sns.sink.find({ topicArn });

  it('calls a function that lets it', async () => {
    await recorder();
    const { TopicArn, SubscriptionArn } = await subscribed();
    await allow(TopicArn);
    await engine.sns.send(
      new PublishCommand({
        TopicArn,
        Subject: 'S',
        Message: 'hello',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'new' } },
      }),
    );
    await expect.poll(() => seen().length).toBe(1);
    expect(seen()[0]?.event.Records[0]).toMatchObject({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: SubscriptionArn,
      Sns: {
        Type: 'Notification',
        TopicArn,
        Subject: 'S',
        Message: 'hello',
        SigningCertUrl: expect.any(String),
        MessageAttributes: { kind: { Type: 'String', Value: 'new' } },
      },
    });
    expect(shown(TopicArn)).toMatchObject([{ state: 'delivered', protocol: 'lambda' }]);
  });

  it('is kept out by a function that does not let it: the message goes to the dead-letter queue', async () => {
    await recorder();
    const { TopicArn, SubscriptionArn } = await subscribed();
    await allow(`${TopicArn}-other`);
    const policy = {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: '*',
      },
    };
    const dead = await queue('dead', { Policy: JSON.stringify(policy) });
    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'lost' }));
    expect(shown(TopicArn)).toMatchObject([
      {
        state: 'failed',
        attempts: [{ error: expect.stringContaining('no statement in the policy') }],
      },
    ]);
    await engine.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn,
        AttributeName: 'RedrivePolicy',
        AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      }),
    );
    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'saved' }));
    expect(JSON.parse((await receive(dead))?.Body ?? '')).toMatchObject({ Message: 'saved' });
    expect(seen()).toEqual([]);
  });
});
