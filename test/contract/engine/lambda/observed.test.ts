import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  DeleteFunctionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockOf } from '../../../../src/lib/engine/control/clock-control.ts';
import type { FunctionsInFigures } from '../../../../src/lib/engine/observe/functions.ts';
import type { MessageEvent } from '../../../../src/lib/rules/message-trace.ts';
import { ACCOUNT, type FunctionEngine, functionEngine } from '../../../fixtures/functions.ts';

let engine: FunctionEngine;
let names = 0;
beforeAll(async () => {
  engine = await functionEngine();
});
afterAll(() => engine.stop());

async function queue(name: string): Promise<{ url: string; arn: string }> {
  const Attributes = { VisibilityTimeout: '30' };
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}` };
}

/** A function that fails as its message says, behind a queue. */
async function mapped(settings: object = {}): Promise<{ name: string; url: string; arn: string }> {
  names += 1;
  const name = `observed-${names}`;
  await engine.create(
    name,
    `export const handler = async ({ Records }) => {
  if (Records.some(({ body }) => body === 'throw')) throw new TypeError('not today');
  return { batchItemFailures: Records.filter(({ body }) => body === 'bad').map((r) => ({ itemIdentifier: r.messageId })) };
};`,
  );
  const source = await queue(name);
  await engine.lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: source.arn,
      FunctionName: name,
      BatchSize: 1,
      ...settings,
    }),
  );
  return { name, ...source };
}

async function send(url: string, MessageBody: string): Promise<string> {
  const { MessageId = '' } = await engine.sqs.send(
    new SendMessageCommand({ QueueUrl: url, MessageBody }),
  );
  return MessageId;
}

async function observed<Answer>(path: string): Promise<Answer> {
  const answer = await fetch(`${engine.running.endpoint}/_pubsub/${path}`);
  const text = await answer.text();
  return (path === 'metrics' ? text : JSON.parse(text)) as Answer;
}

const eventsOf = async (id: string) =>
  (await observed<{ events: MessageEvent[] }>(`trace?id=${id}`)).events;
const kindsOf = async (id: string) => (await eventsOf(id)).map(({ kind }) => kind);
const figures = () => observed<FunctionsInFigures>('functions');
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;

describe('the way of a message tells', () => {
  it('what a function did with it: handled, named among the failures, thrown', async () => {
    const { name, url, arn } = await mapped({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    const [good, bad, thrown] = [
      await send(url, 'good'),
      await send(url, 'bad'),
      await send(url, 'throw'),
    ];
    await expect.poll(() => kindsOf(good)).toEqual(['sent', 'received', 'handled', 'deleted']);
    await expect.poll(() => kindsOf(bad)).toEqual(['sent', 'received', 'failed']);
    await expect.poll(() => kindsOf(thrown)).toEqual(['sent', 'received', 'failed']);
    const common = {
      queueArn: arn,
      functionArn: functionArn(name),
      account: ACCOUNT,
      region: 'us-east-1',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    };
    expect((await eventsOf(good))[2]).toEqual({
      kind: 'handled',
      messageId: good,
      time: expect.any(Number),
      ...common,
    });
    expect((await eventsOf(bad))[2]).toMatchObject({
      ...common,
      errorType: 'BatchItemFailure',
      reason: 'the function named it in batchItemFailures',
    });
    expect((await eventsOf(thrown))[2]).toMatchObject({
      ...common,
      errorType: 'TypeError',
      reason: 'not today',
    });
  });

  it('that no filter let it through', async () => {
    const { url } = await mapped({
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"n":[1]}}' }] },
    });
    const out = await send(url, '{"n":2}');
    await expect.poll(() => kindsOf(out)).toEqual(['sent', 'received', 'unmatched', 'deleted']);
  });

  it('that its function was throttled for as long as it was hidden', async () => {
    const { name, url } = await mapped();
    await engine.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }),
    );
    const id = await send(url, 'good');
    await expect.poll(() => kindsOf(id)).toContain('received');
    await expect
      .poll(async () => {
        await clockOf(engine.running.engine).advance(5_000);
        return eventsOf(id);
      })
      .toContainEqual(
        expect.objectContaining({ kind: 'failed', errorType: 'TooManyRequestsException' }),
      );
    const { functions } = await figures();
    const own = functions.find((each) => each.functionArn === functionArn(name));
    expect(own?.throttles).toBeGreaterThan(0);
    expect(own).toMatchObject({ invocations: 0, errors: 0, reserved: 0 });
  });

  it('what a function did that is subscribed to the topic', async () => {
    names += 1;
    const name = `subscribed-${names}`;
    await engine.create(name, 'export const handler = async () => { throw new Error("never"); };');
    const { TopicArn = '' } = await engine.sns.send(new CreateTopicCommand({ Name: name }));
    const Endpoint = functionArn(name);
    await engine.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint }));
    const publish = async () =>
      (await engine.sns.send(new PublishCommand({ TopicArn, Message: 'm' }))).MessageId ?? '';
    const refused = await publish();
    expect(await eventsOf(refused)).toMatchObject([
      { kind: 'published', subscriptions: 1 },
      { kind: 'refused', queueArn: Endpoint, errorCode: 'AccessDeniedException' },
    ]);
    await engine.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
      }),
    );
    const taken = await publish();
    await expect.poll(() => kindsOf(taken)).toEqual(['published', 'invoked', 'failed']);
    expect((await eventsOf(taken))[2]).toMatchObject({
      functionArn: Endpoint,
      errorType: 'Error',
      reason: 'never',
    });
    expect(await observed(`reach?ids=${taken},${refused}`)).toEqual({
      messages: [
        { messageId: refused, subscriptions: 1, delivered: 0 },
        { messageId: taken, subscriptions: 1, delivered: 1 },
      ],
    });
  });
});

describe('figures tell', () => {
  it('invocations, errors and processes of a function, and how its mapping works', async () => {
    const { name, url, arn } = await mapped();
    await engine.invoke(name, { Records: [] });
    await send(url, 'throw');
    const own = async () => {
      const { functions } = await figures();
      return functions.find((each) => each.functionArn === functionArn(name));
    };
    await expect.poll(own).toMatchObject({ invocations: 2, errors: 1, running: 0, reserved: null });
    expect((await own())?.coldStarts).toBeGreaterThanOrEqual(1);
    expect((await own())?.seconds).toBeGreaterThan(0);
    const { mappings, environments } = await figures();
    expect(mappings).toContainEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      queueArn: arn,
      functionArn: functionArn(name),
      enabled: true,
      problem: null,
      batches: 0,
      concurrency: expect.any(Number),
    });
    expect(environments.busy + environments.idle).toBeLessThanOrEqual(environments.most);
    const metrics = await observed<string>('metrics');
    const labels = `account="${ACCOUNT}",region="us-east-1",function="${name}"`;
    expect(metrics).toContain(`pubsub_function_invocations_total{${labels}} 2\n`);
    expect(metrics).toContain(`pubsub_function_errors_total{${labels}} 1\n`);
    expect(metrics).toMatch(
      new RegExp(`pubsub_mapping_up\\{${labels},queue="${name}",uuid=".*"\\} 1\n`),
    );
    await expect.poll(async () => (await figures()).environments.busy).toBe(0);
    const { idle } = (await figures()).environments;
    await engine.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    expect((await figures()).environments.idle).toBeLessThan(idle);
    await send(url, 'good');
    await expect
      .poll(
        async () => (await figures()).mappings.find(({ queueArn }) => queueArn === arn)?.problem,
      )
      .toMatch(/^PROBLEM: Function not found/);
    expect(await own()).toBeUndefined();
    expect(await observed<string>('metrics')).toMatch(
      new RegExp(`pubsub_mapping_up\\{${labels},.*\\} 0\n`),
    );
  });
});
