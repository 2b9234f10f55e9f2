import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aws, hasAws } from '../../../fixtures/aws-command.ts';
import { ACCOUNT, type FunctionEngine, functionEngine, zip } from '../../../fixtures/functions.ts';
import { createTable } from '../../../fixtures/orders-table.ts';

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;
const run = promisify(execFile);
const ROLE = 'arn:aws:iam::000000000000:role/r';

let engine: FunctionEngine;
let folder: string;
beforeAll(async () => {
  engine = await functionEngine();
  folder = mkdtempSync(join(tmpdir(), 'pubsub-lambda-clients-'));
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(!(await hasAws()))('is driven by the aws command', async () => {
  const code = join(folder, 'code.zip');
  const out = join(folder, 'out.json');
  writeFileSync(code, await zip({ 'index.js': 'exports.handler = async (e) => ({ got: e.a });' }));
  const lambda = <T>(...args: string[]) => aws<T>(engine.running.endpoint, 'lambda', ...args);
  const named = ['--function-name', 'cli'];
  const made = await lambda<{ FunctionArn: string }>(
    'create-function',
    ...named,
    ...['--runtime', 'nodejs24.x', '--handler', 'index.handler', '--role', ROLE],
    ...['--zip-file', `fileb://${code}`],
  );
  expect(made.FunctionArn).toBe('arn:aws:lambda:us-east-1:000000000000:function:cli');
  await lambda('wait', 'function-active-v2', ...named);
  const event = join(folder, 'event.json');
  writeFileSync(event, '{"a":1}');
  const answer = await lambda('invoke', ...named, '--payload', `fileb://${event}`, out);
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ got: 1 });
  await expect(lambda('list-layers')).rejects.toThrow(/UnsupportedOperation.*ListLayers/s);
});

const BOTO3 = `
import boto3, json, sys, time
endpoint, code, role = sys.argv[1:]
made = dict(endpoint_url=endpoint, region_name='us-east-1', aws_access_key_id='000000000000', aws_secret_access_key='x')
client, sqs, logs = (boto3.client(name, **made) for name in ('lambda', 'sqs', 'logs'))
client.create_function(FunctionName='boto', Runtime='nodejs22.x', Handler='index.handler', Role=role, Code={'ZipFile': open(code, 'rb').read()})
client.get_waiter('function_active_v2').wait(FunctionName='boto')
answer = client.invoke(FunctionName='boto', Payload=json.dumps({'a': 2}), LogType='Tail')
assert json.loads(answer['Payload'].read()) == {'got': 2}, answer
url = sqs.create_queue(QueueName='boto')['QueueUrl']
arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
mapping = client.create_event_source_mapping(EventSourceArn=arn, FunctionName='boto', FunctionResponseTypes=['ReportBatchItemFailures'])
assert mapping['State'] == 'Creating' and mapping['LastModified'].year >= 2020, mapping
while client.get_event_source_mapping(UUID=mapping['UUID'])['State'] != 'Enabled': time.sleep(0.05)
try:
    client.create_event_source_mapping(EventSourceArn=arn, FunctionName='boto')
    raise SystemExit('a second mapping was made')
except client.exceptions.ResourceConflictException as error:
    assert mapping['UUID'] in str(error)
sqs.send_message(QueueUrl=url, MessageBody='x')
for _ in range(600):
    lines = [e['message'] for e in logs.filter_log_events(logGroupName='/aws/lambda/boto')['events']]
    if sum(line.startswith('REPORT') for line in lines) == 2: break
    time.sleep(0.05)
else: raise SystemExit('the function was not called for the message')
client.delete_event_source_mapping(UUID=mapping['UUID'])
function = client.list_functions()['Functions'][0]['FunctionArn']
client.tag_resource(Resource=function, Tags={'a': '1'})
assert client.list_tags(Resource=function)['Tags'] == {'a': '1'}
try:
    client.invoke(FunctionName='other')
    raise SystemExit('there is no such function')
except client.exceptions.ResourceNotFoundException: pass
client.delete_function(FunctionName='boto')
print('done')
`;

it.skipIf(!hasBoto3)('is driven by boto3', async () => {
  const code = join(folder, 'boto.zip');
  writeFileSync(code, await zip({ 'index.js': 'exports.handler = async (e) => ({ got: e.a });' }));
  const program = ['-c', BOTO3, engine.running.endpoint, code, ROLE];
  const { stdout } = await run('python3', program, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
  });
  expect(stdout.trim()).toBe('done');
});

describe('a start that takes longer than ten seconds', () => {
  /** Waits at its top as long as `marker` isn't there. */
  const code = (
    marker: string,
    ends: string,
  ) => `import { existsSync, writeFileSync } from 'node:fs';
const is = existsSync(${JSON.stringify(marker)});
writeFileSync(${JSON.stringify(marker)}, '');
if (!is || ${ends === 'never'}) await new Promise((r) => setTimeout(r, 60_000));
export const handler = async () => 'ready';`;

  it('is done again within the time of the first invocation', async () => {
    await engine.create('slow', code(join(folder, 'slow'), 'once'), { Timeout: 20 });
    await engine.create('stuck', code(join(folder, 'stuck'), 'never'), { Timeout: 1 });
    const [slow, stuck] = await Promise.all([
      engine.invoke('slow', {}),
      engine.invoke('stuck', {}),
    ]);
    expect(slow).toMatchObject({ error: undefined, answer: 'ready' });
    expect(slow.tail).toMatch(
      /^INIT_REPORT Init Duration: 1\d{4}\.\d\d ms\tPhase: init\tStatus: timeout$/m,
    );
    expect(slow.tail).not.toMatch(/^REPORT.*Init Duration/m);
    expect(stuck).toMatchObject({
      error: 'Unhandled',
      answer: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/,
        ),
      },
    });
    expect((await engine.invoke('slow', {})).answer).toBe('ready');
  });
});

const { PUBSUB_RIC = '' } = process.env;
it.skipIf(PUBSUB_RIC === '')("is driven by AWS's own runtime client for Node.js", async () => {
  const files = {
    'index.mjs': `export const handler = async (e, c) => { if (e.fail) throw new TypeError('no'); return [e.n, c.functionName]; };
export const stream = awslambda.streamifyResponse(async (e, s) => {
  s.write('{"a":'); if (e.fail) throw new RangeError('midway'); s.write('1}'); s.end();
});`,
    bootstrap: `#!/bin/sh\nexec '${process.execPath}' '${PUBSUB_RIC}/bin/index.mjs' "$_HANDLER"\n`,
  };
  const Code = { ZipFile: await zip(files, { bootstrap: 0o100755 }) };
  for (const Handler of ['index.handler', 'index.stream', 'index.none']) {
    const name = Handler.replace('.', '-');
    await engine.create(name, '', { Runtime: 'provided.al2023', Handler, Code, Timeout: 20 });
  }
  const told = async (name: string, event: object) => {
    const { error, answer } = await engine.invoke(name, event);
    return error === undefined ? answer : (answer as { errorType: string }).errorType;
  };
  expect(await told('index-handler', { n: 1 })).toEqual([1, 'index-handler']);
  expect(await told('index-handler', { fail: 1 })).toBe('TypeError');
  expect(await told('index-handler', { n: 2 })).toEqual([2, 'index-handler']);
  expect(await told('index-stream', {})).toEqual({ a: 1 });
  expect(await told('index-stream', { fail: 1 })).toBe('RangeError');
  expect(await told('index-none', {})).toBe('Runtime.HandlerNotFound');
});

describe("handlers with AWS's Powertools", () => {
  it('report what failed of a batch, and do each order once', async () => {
    const example = join(import.meta.dirname, '../../../../examples/powertools-orders');
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(example, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    for (const version of Object.values({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
    const { outputFiles } = await build({
      entryPoints: [join(example, 'src/index.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      write: false,
      outfile: 'index.mjs',
      nodePaths: [join(import.meta.dirname, '../../../../node_modules')],
      banner: {
        js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
      },
    });
    const tables = new DynamoDBClient({
      endpoint: engine.running.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    });
    for (const [TableName, key] of [
      ['Orders', 'orderId'],
      ['Seen', 'id'],
    ] as const) {
      await createTable(tables, {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      });
    }
    const [bundle] = outputFiles;
    await engine.create('powertools', '', {
      Timeout: 30,
      Code: { ZipFile: await zip({ 'index.mjs': bundle?.text ?? '' }) },
    });
    const queue = async (QueueName: string, Attributes: Record<string, string>) => {
      const { QueueUrl = '' } = await engine.sqs.send(
        new CreateQueueCommand({ QueueName, Attributes }),
      );
      return { QueueUrl, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${QueueName}` };
    };
    const orderQueue = await queue('orders', {
      VisibilityTimeout: '600',
    });
    const orders = [
      { orderId: 'O1', quantity: 1 },
      { orderId: 'O2', quantity: 2 },
      { orderId: 'O3', quantity: 0 },
    ];
    await engine.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: orderQueue.QueueUrl,
        Entries: orders.map((order, i) => ({ Id: `${i}`, MessageBody: JSON.stringify(order) })),
      }),
    );
    await engine.lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: orderQueue.arn,
        FunctionName: 'powertools',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    const { engine: own } = engine.running;
    const depth = () => {
      const found = [...own.sqs.queues.values()].find(({ arn }) => arn === orderQueue.arn);
      return [found?.visible, found?.inFlight];
    };
    // The bad order stays until its visibility ends; the others are deleted.
    await expect.poll(depth).toEqual([0, 1]);
    // The same order in another message is done already.
    await engine.sqs.send(
      new SendMessageCommand({
        QueueUrl: orderQueue.QueueUrl,
        MessageBody: JSON.stringify({ orderId: 'O1', quantity: 9 }),
      }),
    );
    const calls = async () =>
      (await engine.log('powertools')).filter((line) => line.startsWith('REPORT')).length;
    await expect.poll(calls).toBeGreaterThan(1);
    const { Items = [] } = await tables.send(new ScanCommand({ TableName: 'Orders' }));
    const stored = Items.map((item) => [item.orderId?.S, item.quantity?.N]).toSorted();
    expect(stored).toEqual([
      ['O1', '1'],
      ['O2', '2'],
    ]);
    tables.destroy();
  });
});
