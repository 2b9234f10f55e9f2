import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { topologyOf } from '../../../src/lib/config/topology.ts';
import { destroyDeployed } from '../../../src/lib/deploy/destroy-stack.ts';
import { orderTable } from '../../../src/lib/deploy/order-api.ts';
import { dropPlan, planStack } from '../../../src/lib/deploy/plan-stack.ts';
import { findRemains } from '../../../src/lib/deploy/remains.ts';
import { stageCode } from '../../../src/lib/deploy/stage-code.ts';
import { stackTags } from '../../../src/lib/deploy/style.ts';
import { deploymentOf } from '../../../src/lib/deploy/template.ts';
import { createTable } from '../../fixtures/orders-table.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
const NOTIFICATIONS = ['--topology', 'order-notifications'];
const REGION = { region: 'us-east-1' };
const CREDENTIALS = { accessKeyId: '000000000000', secretAccessKey: 'test' };

let endpoint: string;
let cloudformation: CloudFormationClient;
let project: string;
beforeAll(async () => {
  ({ endpoint } = await pubsub.startEngine());
  cloudformation = new CloudFormationClient({ endpoint, ...REGION, credentials: CREDENTIALS });
});
afterAll(() => cloudformation.destroy());
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pubsub-deploy-'));
});
afterEach(async () => {
  await pubsub.run(['deploy', 'destroy', '--yes'], { cwd: project });
  await cloudformation.send(new DeleteStackCommand({ StackName: 'shop-serverless' }));
  rmSync(project, { recursive: true, force: true });
});

interface Deployment {
  readonly stack: string;
  readonly status: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly changes: readonly {
    readonly action: string;
    readonly name: string;
    readonly replaced: string;
    readonly differences: readonly { setting: string; from: string | null; to: string | null }[];
  }[];
}

/** Names of the stacks that are there. */
async function stacks(): Promise<(string | undefined)[]> {
  const { StackSummaries = [] } = await cloudformation.send(new ListStacksCommand({}));
  return StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
    ({ StackName }) => StackName,
  );
}

/** @param audit the runtime of that function. */
function shop(subscribers: readonly string[], memory = 128, audit = 'nodejs24.x'): void {
  mkdirSync(join(project, 'code'), { recursive: true });
  writeFileSync(join(project, 'code/index.mjs'), 'export const handler = () => "seen";\n');
  const lines = subscribers.map((each) => `  ${each}: { handler: { function: ${each} } }`);
  const functions = subscribers.map(
    (each) =>
      `  ${each}: { runtime: ${each === 'audit' ? audit : 'nodejs24.x'}, handler: index.handler, code: code/, memory: ${memory} }`,
  );
  const text = ['topology: shop', 'topics: { sales: {} }', 'functions:', ...functions];
  writeFileSync(join(project, 'pubsub.yaml'), [...text, 'subscribers:', ...lines, ''].join('\n'));
}

async function deploy(...args: string[]): Promise<Deployment> {
  const { stdout, stderr, code } = await pubsub.run(['deploy', 'serverless', '--json', ...args], {
    cwd: project,
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Deployment;
}

it('deploys a topology whose function then takes the messages, says what it is, and deletes it', async () => {
  const { stdout, stderr, code } = await pubsub.run(['deploy', 'serverless', ...NOTIFICATIONS]);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('+ queue         OrderDeadLetterQueue\n');
  expect(stderr).toContain('  function        OrderProcessorFunction created\n');
  expect(stdout).toMatch(/^OrderQueueUrl {4}http:\/\/127\.0\.0\.1:\d+\/000000000000\/OrderQueue$/m);
  await pubsub.run(['publish', 'order.placed', ...NOTIFICATIONS]);
  const logs = () => pubsub.run(['deploy', 'logs', ...NOTIFICATIONS]);
  await expect
    .poll(async () => (await logs()).stdout, { timeout: 20_000, interval: 150 })
    .toMatch(/^OrderProcessor │ .* stored order O\d+/m);
  const following = pubsub.start(['deploy', 'logs', '--follow', ...NOTIFICATIONS]);
  await following.waitFor(/^OrderProcessor │ .* stored order O\d+/m);
  following.kill('SIGINT');
  expect(await following.finished).toMatchObject({ code: 0 });
  const { doc } = await pubsub.json(['deploy', 'outputs', ...NOTIFICATIONS]);
  expect(doc).toMatchObject({
    style: 'serverless',
    stack: 'order-notifications-serverless',
    outputs: { OrdersTableName: 'Orders' },
  });
  const status = await pubsub.run(['deploy', 'status', ...NOTIFICATIONS]);
  expect(status.stdout).toContain('order-notifications-serverless  CREATE_COMPLETE  deployed\n');
  expect(status.stdout).toContain('2 queues');

  const refused = await pubsub.run(['deploy', 'destroy', ...NOTIFICATIONS]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('and all items of Orders');
  const gone = await pubsub.run(['deploy', 'destroy', '--yes', '--json', ...NOTIFICATIONS]);
  expect(gone.stderr).toContain('OrdersTable is deleted last\n');
  const document = JSON.parse(gone.stdout) as { deleted: string[] };
  expect(document).toMatchObject({ remaining: [], verified: true });
  expect(document.deleted).toContain('Orders');
  const tables = await pubsub.run(['tables', 'scan', ...NOTIFICATIONS]);
  expect(tables.stderr).toContain('There is no table "Orders"');
  expect(await stacks()).toEqual([]);
  const folder = join(pubsub.env.XDG_STATE_HOME, 'pubsub/deploy');
  expect(readdirSync(folder)).toEqual([]);
});

it('brings the order system up: orders posted to its URL reach all subscribers', async () => {
  const { stderr, code } = await pubsub.run(['deploy', 'serverless'], { cwd: project });
  expect(code, stderr).toBe(0);
  const outputs = await pubsub.json(['deploy', 'outputs'], { cwd: project });
  const { ApiUrl } = (outputs.doc as { outputs: { ApiUrl: string } }).outputs;
  expect(stderr).toContain(`${ApiUrl}/orders`);
  const answer = await fetch(`${ApiUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 7, total: 12.5 }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([201, { id: 1, total: 12.5 }]);
  for (const words of ['📧 Sending order confirmation', '📦 Reserving inventory', '📊 Tracking']) {
    await expect
      .poll(async () => (await pubsub.run(['deploy', 'logs'], { cwd: project })).stdout, {
        timeout: 20_000,
        interval: 150,
      })
      .toContain(words);
  }
  // More memory is a change of every function, and stays without being said again.
  const planned = await deploy('--memory', '512');
  expect(planned.changes.map(({ name }) => name).sort()).toEqual([
    'OrdersAnalyticsFunction',
    'OrdersApiFunction',
    'OrdersEmailFunction',
    'OrdersInventoryFunction',
  ]);
  expect((await deploy()).changes).toEqual([]);
  const kept = await fetch(`${ApiUrl}/orders/1`);
  expect(kept.status).toBe(200);
});

it('plans a change with its values, makes it, and has nothing to do then', async () => {
  shop(['mail']);
  const first = await deploy();
  expect(first.status).toBe('CREATE_COMPLETE');
  expect((await deploy()).changes).toEqual([]);

  shop(['mail'], 256);
  const planned = await deploy('--dry-run');
  expect(planned.changes).toEqual([
    {
      action: 'update',
      type: 'AWS::Lambda::Function',
      name: 'MailFunction',
      replaced: 'no',
      differences: [{ setting: 'MemorySize', from: '128', to: '256' }],
    },
  ]);
  expect((await deploy('--dry-run')).changes).toHaveLength(1);
  shop(['mail', 'audit'], 256);
  const added = await deploy();
  expect(added.status).toBe('UPDATE_COMPLETE');
  const names = added.changes.filter(({ action }) => action === 'create').map(({ name }) => name);
  expect(names).toContain('AuditSalesSubscription');
  expect(names).toContain('AuditFunction');

  // Taking a subscriber away deletes its queue: that is asked.
  shop(['mail'], 256);
  const asked = await pubsub.run(['deploy', 'serverless'], { cwd: project });
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain('to delete');
  expect((await deploy('--yes')).changes.map(({ action }) => action)).toContain('delete');
  const gone = await pubsub.json(['deploy', 'destroy', '--yes'], { cwd: project });
  expect(gone.doc).toMatchObject({ verified: true });
});

it('makes changed code a change, and drops the code before it', async () => {
  shop(['mail']);
  await deploy();
  writeFileSync(join(project, 'code/index.mjs'), 'export const handler = () => "new";\n');
  const [change] = (await deploy()).changes;
  expect(change?.differences).toMatchObject([{ setting: 'Code.S3Key' }]);
  const folder = join(pubsub.env.XDG_STATE_HOME, 'pubsub/deploy/shop-serverless');
  const kept = readdirSync(folder).filter((name) => name.startsWith('mail-'));
  expect(kept).toHaveLength(1);
  expect(change?.differences[0]?.to).toContain(kept[0]);
});

it('removes a first deployment that fails and says why once; an update is taken back', async () => {
  shop(['mail', 'audit'], 128, 'java21');
  const named = ['deploy', 'serverless', '--topology', 'shop'];
  const failed = await pubsub.run(named, { cwd: project });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('AuditFunction could not be created\n');
  expect(failed.stderr).not.toContain('AuditFunction deleted');
  const reason = 'java21';
  expect(failed.stderr.split(reason)).toHaveLength(2);
  expect(failed.stderr).not.toContain('RequestToken');
  expect(failed.stderr).toContain('What was made by then is removed again.');
  expect(failed.stderr).toContain('Fix the cause, then: pubsub deploy serverless --topology shop');
  expect(await stacks()).toEqual([]);

  shop(['mail']);
  await deploy();
  shop(['mail', 'audit'], 128, 'java21');
  const update = await pubsub.run(['deploy', 'serverless'], { cwd: project });
  expect(update.code).toBe(1);
  expect(update.stderr).toContain('The stack is what it was before.');
  const status = await pubsub.run(['deploy', 'status'], { cwd: project });
  expect(status.stdout).toContain('deployed; its last change was taken back');

  shop(['mail', 'audit']);
  expect((await deploy()).status).toBe('UPDATE_COMPLETE');
});

it('leaves nothing of a dry run, and removes first what a failed deployment left', async () => {
  shop(['mail']);
  const dry = await deploy('--dry-run');
  expect(dry.changes.length).toBeGreaterThan(5);
  expect(await stacks()).toEqual([]);
  const resource = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a b' } };
  await cloudformation.send(
    new CreateStackCommand({
      StackName: 'shop-serverless',
      TemplateBody: JSON.stringify({ Resources: { Broken: resource } }),
      Tags: [
        { Key: 'managed-by', Value: 'pubsub' },
        { Key: 'pubsub:topology', Value: 'shop' },
        { Key: 'pubsub:style', Value: 'serverless' },
      ],
    }),
  );
  const planned = await pubsub.run(['deploy', 'serverless', '--dry-run'], { cwd: project });
  expect(planned.stderr).toContain('An earlier deployment failed (ROLLBACK_COMPLETE)');
  expect(planned.stdout).toContain('+ queue         ShopMailQueue\n');
  const { stderr, code } = await pubsub.run(['deploy', 'serverless'], { cwd: project });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('Removing what a deployment that failed left (ROLLBACK_COMPLETE');
});

it('takes back a plan, and not the stack that another run made meanwhile', async () => {
  shop(['mail']);
  const settings = await resolveSettings({ endpointUrl: endpoint, ...REGION }, {}, project);
  const deployment = deploymentOf(await topologyOf(settings), 'serverless');
  const aws = await createAws(settings);
  try {
    const parameters = stageCode(deployment, join(project, 'staged'));
    const plan = await planStack(aws, deployment, parameters, undefined);
    expect((await deploy()).status).toBe('CREATE_COMPLETE');
    await dropPlan(aws, plan, false);
    expect(await stacks()).toEqual(['shop-serverless']);
  } finally {
    aws.close();
  }
});

it('says which stacks there are, and a command line that works on the same topology', async () => {
  shop(['mail']);
  const TemplateBody = JSON.stringify({ Resources: { Own: { Type: 'AWS::SQS::Queue' } } });
  const styles = ['serverless', 'ecs'];
  for (const style of styles) {
    const tags = { 'managed-by': 'pubsub', 'pubsub:topology': 'shop', 'pubsub:style': style };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const StackName = `dev-shop-${style}`;
    await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, Tags }));
  }
  for (const name of ['destroy', 'outputs']) {
    const args = ['deploy', name, '--prefix', 'dev', '--topology', 'shop'];
    const { code, stderr } = await pubsub.run(args, { cwd: project });
    expect(code).toBe(2);
    expect(stderr).toContain('There are: serverless, ecs.');
    expect(stderr).toContain(`pubsub deploy ${name} serverless --topology shop --prefix dev\n`);
  }
  for (const style of styles) {
    const args = ['deploy', 'destroy', style, '--prefix', 'dev', '--yes'];
    expect((await pubsub.run(args, { cwd: project })).code).toBe(0);
  }
});

it("never touches somebody else's stack", async () => {
  shop(['mail']);
  const StackName = 'shop-serverless';
  const TemplateBody = JSON.stringify({ Resources: { Own: { Type: 'AWS::SQS::Queue' } } });
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
  for (const words of [['serverless'], ['destroy', 'serverless', '--yes']]) {
    const { code, stderr } = await pubsub.run(['deploy', ...words], { cwd: project });
    expect(code).toBe(1);
    expect(stderr).toContain('isn\'t tagged as one of the topology "shop"');
  }
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
});

it('prints the template without asking anybody', async () => {
  const { stdout, stderr, code } = await pubsub.run(['deploy', 'serverless', '--print']);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const template = parse(stdout);
  expect(template.Resources.OrderEventsTopic.Type).toBe('AWS::SNS::Topic');
  expect(template.Resources.EmailServiceDlqNotEmptyAlarm.Type).toBe('AWS::CloudWatch::Alarm');
  const { doc } = await pubsub.json(['deploy', 'serverless', '--print']);
  expect(doc).toEqual(template);
});

it('writes all styles into a folder, with the code and how to deploy it', async () => {
  const all = ['deploy', '--print', '--style', 'all', '--into', 'out'];
  const { stdout, code, stderr } = await pubsub.run(all, { cwd: project });
  expect(code, stderr).toBe(0);
  expect(stdout.split('\n')).toContain('out/serverless.yaml');
  for (const style of ['serverless', 'hybrid', 'ecs']) {
    const template = parse(readFileSync(join(project, `out/${style}.yaml`), 'utf8'));
    expect(template.Outputs.ApiUrl).toBeDefined();
  }
  const readme = readFileSync(join(project, 'out/README.md'), 'utf8');
  expect(readme).toContain('OrdersEmailFunctionCodeKey=code/orders-email.zip');
  expect(readme).toContain('aws cloudformation deploy --stack-name orders-ecs');
  for (const name of ['api', 'email', 'inventory', 'analytics']) {
    const zip = readFileSync(join(project, `out/code/orders-${name}.zip`));
    expect(zip.subarray(0, 2).toString()).toBe('PK');
  }
  // Again it writes over its own, and never over what somebody else wrote.
  expect((await pubsub.run(all, { cwd: project })).code).toBe(0);
  writeFileSync(join(project, 'out/README.md'), '# Mine\n');
  const refused = await pubsub.run(all, { cwd: project });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('out/README.md is there already');
  writeFileSync(join(project, 'serverless.yaml'), 'service: mine\n');
  const beside = await pubsub.run([...all.slice(0, -1), '.'], { cwd: project });
  expect([beside.code, beside.stderr]).toEqual([2, expect.stringContaining('serverless.yaml is')]);
  expect(readFileSync(join(project, 'serverless.yaml'), 'utf8')).toBe('service: mine\n');
});

it.each([
  [['deploy', 'ecs', '--memory', '512'], 'orders has none'],
  [['deploy', 'all'], 'One style is deployed at a time'],
  [['deploy', 'ecs', '--style', 'hybrid'], 'Which style, ecs or hybrid?'],
  [['deploy', 'serverless', '--into', 'x'], '--into belongs to --print'],
  [['deploy'], 'Deploy in which style?'],
  [['deploy', 'serverles'], 'Unknown style "serverles". Did you mean "serverless"?'],
  [['deploy', 'sttus'], 'Did you mean "status"?'],
  [
    ['deploy', 'serverless', '--memory', '127'],
    '--memory must be a whole number from 128 to 10240',
  ],
  [['deploy', 'serverless', '--memory', '10241'], '--memory must be a whole number'],
  [['deploy', 'serverless', '--memory', '512', ...NOTIFICATIONS], 'order-notifications has none'],
  [['deploy', 'serverless', '--print', '--dry-run'], 'cannot be used together'],
  [['deploy', 'ecs', '--vpc', 'vpc-1'], '--vpc and --subnets belong together'],
  [['deploy', 'ecs', '--vpc', 'vpc-1', '--subnets', 'subnet-1'], 'two or more, in different zones'],
  [['deploy', 'ecs', '--vpc', 'x', '--subnets', 'subnet-1,subnet-2'], '--vpc is one id'],
  [['deploy', 'ecs', '--image', 'a', '--base', 'b'], '--base has no use'],
  [['deploy', 'ecs', '--image', 'registry.test/a:1'], '--image is for AWS'],
  [['deploy', 'ecs', '--database-secret', 'postgres://u:p@h/d'], 'and never its text'],
  [['deploy', 'serverless', '--artifacts'], '--artifacts belongs to --print'],
])('refuses %j', async (args, words) => {
  const { code, stderr } = await pubsub.run(args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

it.each(['outputs', 'logs'])('says that nothing is deployed: %s', async (name) => {
  const { code, stderr } = await pubsub.run(['deploy', name, '--topology', 'weather']);
  expect(code).toBe(1);
  expect(stderr).toContain('The topology weather is not deployed.');
  expect(stderr).toContain('pubsub deploy serverless --topology weather');
});

/** A topology whose handler is a module beside its file. */
function payments(): void {
  const text =
    'topology: payments\ntopics: { payments: {} }\nsubscribers: { ledger: { handler: { module: ledger.mjs } } }\n';
  writeFileSync(join(project, 'pubsub.yaml'), text);
}

it('refuses a handler whose file is not there, before anything is made', async () => {
  payments();
  const missing = join(project, 'ledger.mjs');
  for (const style of ['serverless', 'hybrid', 'ecs']) {
    const { code, stderr } = await pubsub.run(['deploy', style], { cwd: project });
    expect(code, style).toBe(2);
    expect(stderr).toContain(missing);
    const printed = await pubsub.run(
      ['deploy', '--print', '--style', 'serverless', '--into', join(project, 'out')],
      { cwd: project },
    );
    expect(printed.code).toBe(2);
  }
  expect(await stacks()).toEqual([]);
});

it('packs nothing of what an earlier run wrote beside a handler', async () => {
  payments();
  writeFileSync(join(project, 'ledger.mjs'), 'export default () => undefined;\n');
  await deploy('--yes');
  const print = () => pubsub.run(['deploy', '--print', '--style', 'all'], { cwd: project });
  const zip = join(project, 'deploy/code/payments-ledger.zip');
  expect((await print()).code).toBe(0);
  const first = readFileSync(zip);
  expect((await print()).code).toBe(0);
  expect(readFileSync(zip).equals(first)).toBe(true);
  expect((await deploy('--dry-run')).changes).toEqual([]);
});

it('deploys to the engine of this machine also where it is named by its endpoint', async () => {
  shop(['mail']);
  const env = { AWS_ENDPOINT_URL: endpoint };
  const { code, stderr } = await pubsub.run(['deploy', 'serverless'], { cwd: project, env });
  expect(code, stderr).toBe(0);
  const elsewhere = await startProxy(endpoint);
  elsewhere.rule = ({ path }) =>
    path.startsWith('/_pubsub') ? { status: 404, error: 'NotFound' } : undefined;
  try {
    const env = { AWS_ENDPOINT_URL: elsewhere.url };
    const refused = await pubsub.run(['deploy', 'serverless'], { cwd: project, env });
    // Then it is any endpoint, and this one has no buckets.
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('AWS::S3::Bucket');
  } finally {
    await elsewhere.close();
  }
});

it('is seen as it is by who asks about the topology: who takes, and why a message failed', async () => {
  payments();
  const yaml = join(project, 'pubsub.yaml');
  const settings = 'ledger: { visibilityTimeout: 6, dlq: { maxReceiveCount: 1 },';
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('ledger: {', settings));
  writeFileSync(
    join(project, 'ledger.mjs'),
    'export default () => { throw new Error("no such account"); };\n',
  );
  await deploy('--yes');
  const inProject = { cwd: project };
  const explained = await pubsub.run(['explain', 'payment.captured', '--exit-code'], inProject);
  expect(explained.code, explained.stdout).toBe(0);
  expect(explained.stdout).toContain('The function payments-ledger takes it.');
  await pubsub.run(['publish', 'payment.captured', '--data', '{}'], inProject);
  await expect
    .poll(async () => (await pubsub.run(['dlq', 'show', 'ledger'], inProject)).stdout, {
      interval: 1000,
    })
    .toContain('no such account');
});

it("deploys encrypted queues, which get messages where the key's policy lets SNS use it", async () => {
  const kms = new KMSClient({ endpoint, ...REGION, credentials: CREDENTIALS });
  const keyFor = async (...Services: readonly string[]): Promise<string> => {
    const allowed = [
      { AWS: 'arn:aws:iam::000000000000:root' },
      ...Services.map((Service) => ({ Service })),
    ];
    const Statement = allowed.map((Principal) => ({
      ...{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' },
    }));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
    return KeyMetadata?.KeyId ?? '';
  };
  shop(['audit', 'mail']);
  const file = join(project, 'pubsub.yaml');
  const withKey = (name: string, key: string) =>
    readFileSync(file, 'utf8').replace(
      `  ${name}: { handler:`,
      `  ${name}: { kmsKey: ${key}, handler:`,
    );
  writeFileSync(file, withKey('audit', await keyFor('sns.amazonaws.com')));
  writeFileSync(file, withKey('mail', await keyFor()));
  await deploy();
  kms.destroy();
  const published = await pubsub.run(['publish', '--raw', '--data', '{}'], { cwd: project });
  expect(published.code, published.stderr).toBe(0);
  const logs = () => pubsub.run(['deploy', 'logs'], { cwd: project });
  await expect
    .poll(async () => (await logs()).stdout, { timeout: 20_000, interval: 150 })
    .toMatch(/^audit .* invocation/m);
  expect((await logs()).stdout).not.toMatch(/^mail/m);
});

it('deletes tables that came meanwhile, and begins nothing more once it is interrupted', async () => {
  const proxy = await startProxy(endpoint);
  const dynamodb = new DynamoDBClient({ endpoint, ...REGION, credentials: CREDENTIALS });
  const orders = await topologyOf(await resolveSettings({}, {}, '/'));
  const topology = { ...orders, tables: [{ ...orderTable(orders), name: 'kept' }] };
  const Tags = Object.entries(stackTags(topology, 'serverless')).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  for (const TableName of ['kept', 'orders-table']) {
    await createTable(dynamodb, {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      Tags,
    });
  }
  const nothing = (name: string) => ({ name, stack: undefined, resources: [] });
  const before = {
    ...nothing('orders-serverless'),
    artifacts: nothing('orders-serverless-artifacts'),
    tables: [],
  };
  const destroying = (stop: AbortSignal) =>
    destroyDeployed(proxy.aws, { topology, style: 'serverless' }, before, {
      stop,
      onEvent: () => {},
    });
  const interrupt = new AbortController();
  proxy.rule = ({ action }) => {
    if (action === 'DeleteTable') interrupt.abort();
    return undefined;
  };
  try {
    const interrupted = { code: 'Interrupted', exitCode: 130 };
    await expect(destroying(interrupt.signal)).rejects.toMatchObject(interrupted);
    const { deleted, left, failure } = await destroying(new AbortController().signal);
    expect({ deleted, left, failure }).toEqual({
      deleted: ['orders-table'],
      left: [],
      failure: undefined,
    });
  } finally {
    dynamodb.destroy();
    await proxy.close();
  }
});

it('names the snapshot that a database leaves', async () => {
  const settings = await resolveSettings({ endpointUrl: endpoint, ...REGION }, {}, '/');
  const aws = await createAws(settings);
  const gone = { name: 'shop-ecs', stack: undefined, resources: [] };
  const database = { type: 'AWS::RDS::DBInstance', name: 'Database', id: 'shop-db', messages: 0 };
  const before = { ...gone, resources: [database], artifacts: gone, tables: [] };
  try {
    expect(await findRemains(aws, before)).toEqual([
      {
        name: 'the last snapshot of shop-db',
        command: 'aws rds describe-db-snapshots --db-instance-identifier shop-db',
      },
    ]);
  } finally {
    aws.close();
  }
});
