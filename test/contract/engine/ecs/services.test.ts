import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resetState } from '../../../../src/lib/engine/background.ts';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';
import {
  COMMON,
  container,
  EMAIL_QUEUE,
  processesOf,
  service,
  taskDefinition,
} from '../../../fixtures/ecs.ts';

let stateDir: string;
let engine: StackEngine;
let ecs: ECSClient;
beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-services-'));
  await start();
});
afterEach(async () => {
  await engine.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  engine = await stackEngine({ stateDir });
  ecs = new ECSClient({ ...engine.config });
}

const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: EMAIL_QUEUE } };
const shop = (command: readonly string[], more: object = {}) => ({
  Resources: {
    ...COMMON,
    Queue,
    Task: taskDefinition([container('email', command)]),
    Service: { ...service(more), DependsOn: 'Queue' },
  },
});

async function tasks(desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(
    new ListTasksCommand({ cluster: 'shop', desiredStatus }),
  );
  if (taskArns.length === 0) return [];
  const described = await ecs.send(new DescribeTasksCommand({ cluster: 'shop', tasks: taskArns }));
  return described.tasks ?? [];
}

async function onlyTask(): Promise<string> {
  const [task, ...others] = await tasks();
  expect(others).toEqual([]);
  return task?.taskArn ?? '';
}

async function theService() {
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster: 'shop' }));
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'shop', services: serviceArns }),
  );
  return services?.[0];
}

async function logged(): Promise<string> {
  const logs = new CloudWatchLogsClient({ ...engine.config });
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/shop' }));
  return events.map(({ message }) => message).join('\n');
}

const EVENT = {
  event_id: '0b0cfbd4-6d3c-4f1c-8d5e-5d0e3c1c1f10',
  event_type: 'order.created',
  order_id: 7,
  user_id: 1,
  total: 29.99,
  status: 'pending',
  timestamp: '2026-01-01T12:00:00.000Z',
};

it('a subscriber runs as a task, is replaced when it ends, and goes with its stack', async () => {
  const made = await engine.create('shop', shop(['listen', 'email']));
  expect(made.StackStatus, (await engine.events('shop')).join('\n')).toBe('CREATE_COMPLETE');
  await engine.sqs.send(
    new SendMessageCommand({
      QueueUrl: `${engine.endpoint}/000000000000/${EMAIL_QUEUE}`,
      MessageBody: JSON.stringify(EVENT),
    }),
  );
  await expect.poll(logged).toContain('Sending order confirmation email for order 7');

  const first = await onlyTask();
  const [pid = 0] = processesOf(first);
  process.kill(pid, 'SIGKILL');
  await expect.poll(onlyTask).not.toBe(first);
  const [ended] = await tasks('STOPPED');
  expect(ended).toMatchObject({
    taskArn: first,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'email', exitCode: 137 }],
  });

  // An end that is asked for is one that the process comes to itself.
  const second = await onlyTask();
  await expect.poll(() => processesOf(second)).toHaveLength(1);
  await expect.poll(async () => (await logged()).match(/listening on/g)).toHaveLength(2);
  await ecs.send(new StopTaskCommand({ cluster: 'shop', task: second, reason: 'enough' }));
  await expect
    .poll(async () => (await tasks('STOPPED')).map(({ stoppedAt }) => !stoppedAt))
    .not.toContain(true);
  expect((await tasks('STOPPED')).find(({ taskArn }) => taskArn === second)).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
    containers: [{ exitCode: 0 }],
  });

  await expect.poll(onlyTask).not.toBe('');
  const third = await onlyTask();
  expect((await engine.remove('shop')).StackStatus).toBe('DELETE_COMPLETE');
  expect(processesOf(third)).toEqual([]);
});

it('a service whose tasks fail is taken back with what they said', async () => {
  const made = await engine.create('shop', shop(['listen', 'nobody']));
  expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
  const failed = (await engine.events('shop')).find((each) =>
    each.includes('Service CREATE_FAILED'),
  );
  expect(failed).toContain("'ECS Deployment Circuit Breaker was triggered'");
  expect(failed).toMatch(/container email, exit code 2: .*nobody/s);
});

it('a container that can not be started takes those of its task along', async () => {
  await engine.create('shop', { Resources: { ...COMMON, Queue } });
  const listener = (name: string) => ({ name, image: 'pubsub:1', command: ['listen', 'email'] });
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'two',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        listener('email'),
        // No environment of a process has such a value.
        { ...listener('odd'), environment: [{ name: 'A', value: 'b\0c' }] },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'two',
      taskDefinition: 'two',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    }),
  );
  const first = async () => (await tasks('STOPPED'))[0];
  await expect.poll(async () => (await first())?.lastStatus, { timeout: 20_000 }).toBe('STOPPED');
  const ended = await first();
  expect(ended?.stoppedReason).toMatch(/^CannotStartContainerError: /);
  expect(processesOf(ended?.taskArn ?? '')).toEqual([]);
});

it('a new task definition is rolled out, and one that fails is rolled back', async () => {
  await engine.create('shop', shop(['listen', 'email']));
  const before = await onlyTask();
  const changed = await engine.update('shop', shop(['listen', 'email', '--concurrency', '2']));
  expect(changed.StackStatus, (await engine.events('shop')).join('\n')).toBe('UPDATE_COMPLETE');
  const after = await onlyTask();
  expect(after).not.toBe(before);
  expect(processesOf(before)).toEqual([]);

  const broken = await engine.update('shop', shop(['listen', 'email', '--no-such-flag']));
  expect(broken.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const failed = (await engine.events('shop')).filter((each) => each.includes('UPDATE_FAILED'));
  expect(failed.join('\n')).toMatch(/Service UPDATE_FAILED .*no-such-flag/s);
  // The tasks that work were never ended.
  expect(await onlyTask()).toBe(after);
  expect(await theService()).toMatchObject({
    deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    runningCount: 1,
  });

  const scaled = await engine.update(
    'shop',
    shop(['listen', 'email', '--concurrency', '2'], { DesiredCount: 2 }),
  );
  expect(scaled.StackStatus).toBe('UPDATE_COMPLETE');
  expect((await tasks()).map(({ taskArn }) => taskArn)).toContain(after);
  expect(await tasks()).toHaveLength(2);
});

it('tasks end with the engine, and start again with it', async () => {
  const template = shop(['listen', 'email']);
  const secret = {
    Name: 'TOKEN',
    ValueFrom: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:no',
  };
  await engine.create('shop', template);
  const before = await onlyTask();
  await engine.stop();
  expect(processesOf(before)).toEqual([]);
  await start();
  await expect.poll(onlyTask).not.toBe('');
  const after = await onlyTask();
  expect(after).not.toBe(before);
  await expect.poll(() => processesOf(after)).toHaveLength(1);
  expect(await theService()).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });

  // What a task needs and can't have is told, too.
  const lacking = { Secrets: [secret] };
  const Task = taskDefinition([container('email', ['listen', 'email'], lacking)]);
  const broken = await engine.update('shop', {
    Resources: { ...template.Resources, Task },
  });
  expect(broken.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await engine.events('shop')).join('\n')).toContain(
    'ResourceInitializationError: unable to pull secrets',
  );
  expect(await onlyTask()).toBe(after);
});

it('what a service keeps goes with a reset, and nothing is found of it by one of the same name', async () => {
  await engine.create('shop', shop(['listen', 'email'], { ServiceName: 'email' }));
  const folder = join(stateDir, 'ecs', '000000000000', 'us-east-1', 'shop', 'email');
  writeFileSync(join(folder, 'orders'), 'of before');
  const before = await onlyTask();
  await engine.running.engine.reset();
  expect(existsSync(folder)).toBe(false);

  const made = await engine.create('shop', shop(['listen', 'email'], { ServiceName: 'email' }));
  expect(made.StackStatus).toBe('CREATE_COMPLETE');
  expect(readdirSync(folder)).not.toContain('orders');
  writeFileSync(join(folder, 'orders'), 'of now');
  await expect.poll(() => processesOf(before)).toEqual([]);
  await engine.stop();
  expect(readdirSync(stateDir)).not.toContain('ecs-forgotten');
  expect(readdirSync(folder)).toContain('orders');
  expect(await resetState(stateDir)).toBe(true);
  expect(existsSync(folder)).toBe(false);
  await start();
});
