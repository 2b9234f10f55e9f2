import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { readTemplateFile } from '../../fixtures/cloudformation.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

interface Shown {
  readonly topics: readonly object[];
  readonly subscribers: readonly { readonly name: string; readonly subscribed: boolean }[];
}

it('what a stack made is adopted, shown and tapped', async () => {
  const { endpoint } = await pubsub.startEngine();
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const cloudformation = new CloudFormationClient(config);
  const TemplateBody = readTemplateFile('fan-out.yaml');
  const StackName = 'shop';
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');

  const cwd = mkdtempSync(join(pubsub.env.HOME, 'adopted-'));
  expect(await pubsub.run(['adopt', 'shop-order-events'], { cwd })).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, 'pubsub.yaml'), 'utf8')).toContain('shop-email-dlq');
  const status = await pubsub.json(['status'], { cwd });
  expect((status.doc as Shown).subscribers.map(({ subscribed }) => subscribed)).toEqual([
    true,
    true,
  ]);
  expect((await pubsub.run(['doctor'], { cwd })).code).toBe(0);

  const tap = pubsub.start(['tap', '--max', '1', '--json'], { cwd });
  const sns = new SNSClient(config);
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:shop-order-events';
  const publish = () => sns.send(new PublishCommand({ TopicArn, Message: '{"n":1}' }));
  await tap.waitFor('Watching shop-order-events');
  await publish();
  const { stdout, code } = await tap.finished;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ event: { n: 1 } });

  await cloudformation.send(new DeleteStackCommand({ StackName }));
  const { doc } = await pubsub.json(['ls']);
  expect((doc as Shown).topics).toEqual([]);
});
