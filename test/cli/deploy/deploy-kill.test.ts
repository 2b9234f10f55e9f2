import {
  CloudFormationClient,
  DescribeChangeSetCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
let cloudformation: CloudFormationClient;
beforeAll(async () => {
  const { endpoint } = await pubsub.startEngine();
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  cloudformation = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials });
});
afterAll(() => cloudformation.destroy());
afterEach(async () => {
  const { code, stderr } = await pubsub.run(['deploy', 'destroy', '--yes']);
  expect(code, stderr).toBe(0);
  expect(await stacks()).toEqual([]);
});

/** Names of the stacks that are there. */
async function stacks(): Promise<(string | undefined)[]> {
  const { StackSummaries = [] } = await cloudformation.send(new ListStacksCommand({}));
  const there = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  return there.map(({ StackName }) => StackName);
}

/** Kills a command once it has printed these words. */
async function killAt(words: string, ...args: string[]): Promise<void> {
  const running = pubsub.spawn(['deploy', ...args]);
  await running.waitFor(words);
  running.child.kill('SIGKILL');
  await running.finished;
}

/** Deploys, and looks whether that left nothing to do and no change set. */
async function expectDeployed(...args: string[]): Promise<void> {
  const { code, stderr } = await pubsub.run(['deploy', 'serverless', '--yes', ...args]);
  expect(code, stderr).toBe(0);
  const again = await pubsub.run(['deploy', 'serverless']);
  expect(again.stderr).toContain('Nothing to do');
  await expect(
    cloudformation.send(
      new DescribeChangeSetCommand({
        StackName: 'orders-serverless',
        ChangeSetName: 'pubsub-deploy',
      }),
    ),
  ).rejects.toThrow();
}

describe('pubsub deploy', () => {
  it.each([
    'Target:',
    '+ topic',
    'OrderEventsTopic created',
    'OrdersTable created',
    'HttpApiPermission created',
  ])('goes on where a kill -9 at "%s" left it', async (words) => {
    await killAt(words, 'serverless');
    await expectDeployed();
  });

  it.each(['~ function', 'OrdersApiFunction updated'])(
    'goes on with an update after a kill -9 at "%s"',
    async (words) => {
      await expectDeployed();
      await killAt(words, 'serverless', '--memory', '512');
      await expectDeployed('--memory', '512');
    },
  );

  it.each(['- stack', 'OrdersApiFunction deleted', 'OrdersTable is deleted last'])(
    'finishes a removal that a kill -9 at "%s" broke off',
    async (words) => {
      await expectDeployed();
      await killAt(words, 'destroy', '--yes');
      const { code, stderr } = await pubsub.run(['deploy', 'destroy', '--yes']);
      expect(code, stderr).toBe(0);
    },
  );

  it('removes what a kill -9 left of a deployment that is wanted no more', async () => {
    await killAt('OrderEventsTopic created', 'serverless');
    const { code, stderr } = await pubsub.run(['deploy', 'destroy', '--yes']);
    expect(code, stderr).toBe(0);
    expect(await stacks()).toEqual([]);
    await expectDeployed();
  });
});
