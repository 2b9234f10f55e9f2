import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';
import { clientsOf, everything } from '../../../fixtures/template-cases.ts';

let stateDir: string;
let engine: StackEngine;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-stacks-'));
  engine = await stackEngine({ stateDir });
});
afterEach(async () => {
  await engine.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await engine.stop();
  engine = await stackEngine({ stateDir });
}

const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'kept' } };
const Table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  },
};
const names = async () =>
  (await everything(clientsOf(engine.endpoint))).map((name) => name.replace(/.*[/:]/, '')).sort();

it('stacks, change sets and events are there after a restart', async () => {
  const template = {
    Resources: { Queue },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': 'Queue.Arn' } } },
  };
  const made = await engine.create('kept', template, { Tags: [{ Key: 'a', Value: 'b' }] });
  const change = { StackName: 'kept', ChangeSetName: 'later' };
  const TemplateBody = JSON.stringify({ Resources: { Queue, Other: { Type: 'AWS::SNS::Topic' } } });
  await engine.cloudformation.send(new CreateChangeSetCommand({ ...change, TemplateBody }));
  const events = await engine.events('kept');

  await restart();

  expect(await engine.stack('kept')).toEqual(made);
  expect(await engine.events('kept')).toEqual(events);
  const shown = await engine.cloudformation.send(new DescribeChangeSetCommand(change));
  expect(shown).toMatchObject({ ExecutionStatus: 'AVAILABLE', Tags: [{ Key: 'a', Value: 'b' }] });
  await engine.cloudformation.send(new ExecuteChangeSetCommand(change));
  expect((await engine.stack('kept')).StackStatus).toBe('UPDATE_COMPLETE');
  await engine.remove('kept');
  expect(await names()).toEqual([]);
});

it('a stack that is being made when the engine ends is made to its end', async () => {
  const Topic = { Type: 'AWS::SNS::Topic', DependsOn: 'Table' };
  const TemplateBody = JSON.stringify({ Resources: { Queue, Table, Topic } });
  const creating = engine.cloudformation
    .send(new CreateStackCommand({ StackName: 'cut', TemplateBody }))
    .catch(() => undefined);
  await expect
    .poll(() => engine.events('cut').catch(() => []))
    .toContain('Table CREATE_IN_PROGRESS');
  await restart();
  await creating;
  await expect.poll(async () => (await engine.stack('cut')).StackStatus).toBe('CREATE_COMPLETE');
  const events = await engine.events('cut');
  expect(events.filter((event) => event === 'Queue CREATE_COMPLETE')).toHaveLength(1);
  expect(await names()).toEqual([
    expect.stringMatching(/^cut-Table-/),
    expect.stringMatching(/^cut-Topic-/),
    'kept',
  ]);
  await engine.remove('cut');
  expect(await names()).toEqual([]);
});

it('an update that is under way when the engine ends, and fails, is taken back', async () => {
  const made = await engine.create('cut', { Resources: { Queue } });
  const Renamed = { ...Queue, Properties: { QueueName: 'renamed' } };
  const Bad = {
    Type: 'AWS::SQS::Queue',
    DependsOn: 'Table',
    Properties: { DelaySeconds: 901 },
  };
  const TemplateBody = JSON.stringify({ Resources: { Queue: Renamed, Table, Bad } });
  const updating = engine.cloudformation
    .send(new UpdateStackCommand({ StackName: 'cut', TemplateBody }))
    .catch(() => undefined);
  await expect.poll(() => engine.events('cut')).toContain('Table CREATE_IN_PROGRESS');
  await restart();
  await updating;
  await expect
    .poll(async () => (await engine.stack('cut')).StackStatus)
    .toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await engine.stack('cut')).StackId).toBe(made.StackId);
  expect(await names()).toEqual(['kept']);
});
