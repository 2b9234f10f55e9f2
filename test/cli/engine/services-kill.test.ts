import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';
import {
  COMMON,
  container,
  EMAIL_QUEUE,
  processesOf,
  service,
  taskDefinition,
} from '../../fixtures/ecs.ts';

let stateDir: string;
beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-services-kill-'));
});
afterAll(async () => {
  await stopBackground(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
});

const configOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

async function taskOf(endpoint: string): Promise<string> {
  const ecs = new ECSClient(configOf(endpoint));
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'shop' }));
  return taskArns[0] ?? '';
}

it('no task outlives an engine that is killed, and the next engine starts it again', async () => {
  const engine = await startInBackground({ stateDir, port: 0 });
  const TemplateBody = JSON.stringify({
    Resources: {
      ...COMMON,
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: EMAIL_QUEUE } },
      Task: taskDefinition([container('email', ['listen', 'email'])]),
      Service: { ...service(), DependsOn: 'Queue' },
    },
  });
  await new CloudFormationClient(configOf(engine.endpoint)).send(
    new CreateStackCommand({ StackName: 'shop', TemplateBody }),
  );
  const before = await taskOf(engine.endpoint);
  expect(processesOf(before)).toHaveLength(1);
  process.kill(engine.pid, 'SIGKILL');
  await expect.poll(() => processesOf(before)).toEqual([]);

  const next = await startInBackground({ stateDir, port: 0 });
  await expect.poll(() => taskOf(next.endpoint)).not.toBe('');
  const after = await taskOf(next.endpoint);
  await expect.poll(() => processesOf(after)).toHaveLength(1);
  await stopBackground(stateDir);
  expect(processesOf(after)).toEqual([]);
});
