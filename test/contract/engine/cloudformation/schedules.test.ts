import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EngineClock } from '../../../../src/lib/engine/clock/engine-clock.ts';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';

const MINUTE_MS = 60_000;
const Arn = { 'Fn::GetAtt': ['Fn', 'Arn'] };

let stateDir: string;
let engine: StackEngine;
beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-schedules-'));
  engine = await stackEngine({ stateDir, frozen: true });
});
afterEach(async () => {
  await engine.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const scheduled = (rule: object, permission: object = {}) => ({
  Resources: {
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'sweep',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/r',
        Code: {
          ZipFile:
            'exports.handler = async (event) => console.log("EVENT", JSON.stringify(event));',
        },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Targets: [{ Id: 'sweep', Arn }],
        ...rule,
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'Fn' },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        ...permission,
      },
    },
  },
  Outputs: { Rule: { Value: { 'Fn::GetAtt': ['Rule', 'Arn'] } }, Name: { Value: { Ref: 'Rule' } } },
});

async function advance(ms: number): Promise<void> {
  const { clock } = engine.running.engine;
  if (clock instanceof EngineClock) await clock.advance(ms);
}

/**
 * What the function was called with, in the order of the events' times. An asynchronous call comes at least once: the
 * same event again where the engine's end cut it short.
 */
async function events(): Promise<{ time: string; [name: string]: unknown }[]> {
  const logs = new CloudWatchLogsClient({ ...engine.config });
  const { events: lines = [] } = await logs
    .send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/sweep' }))
    .catch(() => ({ events: [] }));
  const texts = lines.flatMap(({ message = '' }) => /EVENT (\{.*\})/.exec(message)?.[1] ?? []);
  return [...new Set(texts)]
    .map((text) => JSON.parse(text))
    .sort((a, b) => String(a.time).localeCompare(String(b.time)));
}

/** Times of the events in minutes after a moment. */
const minutesAfter = async (since: number) =>
  (await events()).map(({ time }) => Math.round((Date.parse(time) - since) / MINUTE_MS));

it('invokes a function each minute of the clock, also after a restart', async () => {
  const { Outputs = [] } = await engine.create('swept', scheduled({ Name: 'each-minute' }));
  const since = engine.running.engine.clock.timestamp();
  const rule = 'arn:aws:events:us-east-1:000000000000:rule/each-minute';
  expect(Outputs.map(({ OutputValue }) => OutputValue).sort()).toEqual([rule, 'each-minute']);
  await advance(MINUTE_MS - 1);
  await advance(1);
  await expect.poll(() => minutesAfter(since)).toEqual([1]);
  expect((await events())[0]).toMatchObject({
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    region: 'us-east-1',
    resources: [rule],
    detail: {},
  });
  await advance(3 * MINUTE_MS);
  await expect.poll(() => minutesAfter(since)).toEqual([1, 2, 3, 4]);

  await advance(MINUTE_MS / 2);
  await engine.stop();
  engine = await stackEngine({ stateDir, frozen: true });
  await advance(MINUTE_MS / 2);
  await expect.poll(() => minutesAfter(since)).toEqual([1, 2, 3, 4, 5]);

  await engine.update('swept', scheduled({ Name: 'each-minute', State: 'DISABLED' }));
  await advance(2 * MINUTE_MS);
  const input = { ScheduleExpression: 'rate(2 hours)' };
  const Targets = [{ Id: 'sweep', Arn, Input: '{"time":"of my own"}' }];
  await engine.update('swept', scheduled({ Name: 'each-minute', ...input, Targets }));
  await advance(120 * MINUTE_MS);
  await expect.poll(async () => (await events()).at(-1)).toEqual({ time: 'of my own' });
  expect(await events()).toHaveLength(6);
  expect((await engine.remove('swept')).StackStatus).toBe('DELETE_COMPLETE');
  await advance(120 * MINUTE_MS);
  // The name is free, and a function whose policy says nothing of the rule isn't invoked.
  const other = scheduled({ Name: 'each-minute' }, { SourceArn: `${rule}-other` });
  expect((await engine.create('again', other)).StackStatus).toBe('CREATE_COMPLETE');
  await advance(2 * MINUTE_MS);
  await engine.update('again', scheduled({ Name: 'each-minute' }));
  await advance(MINUTE_MS);
  await expect.poll(async () => (await events()).length).toBe(7);
});

/** A clock that tells what it waits for while it is advanced. */
class WatchedClock extends EngineClock {
  readonly work: Promise<unknown>[] = [];

  override track(work: Promise<unknown>): void {
    this.work.push(work);
    super.track(work);
  }
}

it('the clock waits for the functions that it makes due', async () => {
  await engine.stop();
  const clock = new WatchedClock({ frozen: true });
  engine = await stackEngine({ stateDir, clock });
  await engine.create('swept', scheduled({}));
  const since = clock.timestamp();
  const before = clock.work.length;
  const advanced = clock.advance(MINUTE_MS);
  await Promise.all(clock.work.slice(before));
  expect(await minutesAfter(since)).toEqual([1]);
  await advanced;
});

it.each([
  [{ ScheduleExpression: 'cron(0 * * * ? *)' }, 'schedules are rate(…), such as rate(5 minutes)'],
  [{ ScheduleExpression: 'rate(1 minutes)' }, 'Parameter ScheduleExpression is not valid'],
  [{ ScheduleExpression: 'rate(5 minute)' }, 'Parameter ScheduleExpression is not valid'],
  [{ ScheduleExpression: 'rate(0 minutes)' }, 'Parameter ScheduleExpression is not valid'],
  [{ ScheduleExpression: 'rate(30 seconds)' }, 'Parameter ScheduleExpression is not valid'],
  [{ ScheduleExpression: 'every day' }, 'Parameter ScheduleExpression is not valid'],
  [{ ScheduleExpression: undefined }, 'EventPattern or ScheduleExpression must be specified'],
  [{ EventPattern: { source: ['aws.ec2'] } }, 'does not support rules with an EventPattern'],
  [{ EventBusName: 'shop' }, 'does not support event buses other than default'],
  [{ State: 'ON' }, 'State must be ENABLED or DISABLED'],
  [{ Targets: [{ Id: 'q', Arn: 'arn:aws:sqs:us-east-1:000000000000:q' }] }, 'other than functions'],
  [{ Targets: [{ Id: 'x', Arn, Input: '{' }] }, 'Input of target x is not valid'],
  [{ Targets: [{ Id: 'x', Arn, InputPath: '$.time' }] }, 'does not support InputPath of targets'],
  [{ Schedule: 'rate(1 minute)' }, 'Encountered unsupported property Schedule'],
])('a rule is refused in words: %j', async (rule, words) => {
  const made = await engine.create('odd', scheduled(rule));
  expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await engine.events('odd')).join('\n')).toContain(words);
});
