import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateEventSourceMappingCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { TagResourceCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { defineTopology, setUpTopology } from '../../../src/index.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { makeQueue, makeTopic, redriveTo, subscribe } from '../../fixtures/fan-out.ts';
import { zip } from '../../fixtures/functions.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

/** What is looked at of the documents of several commands. */
interface Shown {
  readonly changes: readonly {
    readonly action: string;
    readonly type: string;
    readonly differences?: readonly object[];
  }[];
  readonly subscribers: readonly { readonly name: string; readonly subscribed: boolean }[];
  readonly checks: readonly { readonly verdict: string; readonly fix: string | null }[];
  readonly topics: readonly object[];
  readonly deleted: readonly object[];
}

/** Runs with `--json`. */
async function shown(
  words: readonly string[],
  cwd?: string,
): Promise<{ readonly code: number | null; readonly doc: Shown }> {
  return pubsub.json(words, cwd === undefined ? {} : { cwd });
}

/** A team's fan-out, made by hand under names of its own. */
async function team() {
  const { aws } = endpoint;
  const own = `x${randomBytes(3).toString('hex')}`;
  const payments = await makeTopic(aws, `${own}-payments`);
  const refunds = await makeTopic(aws, `${own}-refunds`);
  const ledger = await makeTopic(aws, `${own}-ledger.fifo`);
  await aws.sns.send(
    new TagResourceCommand({ ResourceArn: payments, Tags: [{ Key: 'team', Value: 'money' }] }),
  );
  const dead = await makeQueue(aws, `${own}-dead`, {
    attributes: { MessageRetentionPeriod: '600' },
  });
  const fraud = await makeQueue(aws, `${own}-fraud`, {
    attributes: { ...redriveTo(dead, 5), VisibilityTimeout: '90' },
  });
  const audit = await makeQueue(aws, `${own}-audit`, {
    lets: [payments, refunds],
    attributes: { DelaySeconds: '3' },
  });
  const book = await makeQueue(aws, `${own}-book.fifo`, { lets: [ledger] });
  await subscribe(aws, payments, fraud, {
    FilterPolicy: '{"amount":[{"numeric":[">=",1000]}],"id":[123456789012345678]}',
    FilterPolicyScope: 'MessageBody',
  });
  await subscribe(aws, payments, audit, { RawMessageDelivery: 'true' });
  await subscribe(aws, refunds, audit, { FilterPolicy: '{"kind":["full"]}' });
  await subscribe(aws, ledger, book);
  const cwd = mkdtempSync(join(pubsub.env.HOME ?? '', 'team-'));
  const flags = ['--endpoint-url', endpoint.url];
  const run = (...words: string[]) => pubsub.run([...words, ...flags], { cwd });
  const json = (...words: string[]) => shown([...words, ...flags], cwd);
  return { own, cwd, run, json, queues: { fraud, audit, book, dead } };
}

describe('pubsub adopt', () => {
  it('names the functions that take from the queues, whose code it can not write down', async () => {
    const { own, run, json, queues } = await team();
    const lambda = await endpoint.aws.lambda();
    const { FunctionArn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: own,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/r',
        Code: { ZipFile: await zip({ 'index.mjs': 'export const handler = async () => {};' }) },
      }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: queues.fraud.arn,
        FunctionName: own,
        Enabled: false,
      }),
    );

    const { doc } = await json('adopt', `${own}-payments`);

    expect(doc).toMatchObject({
      functions: [{ queue: `${own}-fraud`, functionArn: FunctionArn, state: 'Disabled' }],
    });
    const { stderr } = await run('adopt', `${own}-payments`, '-o', 'again.yaml');
    expect(stderr).toContain(`Left out: ${FunctionArn} takes from ${own}-fraud (Disabled)`);
  });

  it('describes to the letter what is there, and then nothing differs and nothing is changed', async () => {
    const { own, cwd, run, json } = await team();
    const { doc, code } = await json(
      'adopt',
      `${own}-payments`,
      `${own}-refunds`,
      `${own}-ledger.fifo`,
    );
    expect(code).toBe(0);
    expect(doc).toMatchObject({ path: join(cwd, 'pubsub.yaml'), managed: false });

    const text = readFileSync(join(cwd, 'pubsub.yaml'), 'utf8');
    expect(text).toContain('123456789012345678');
    expect(text).toContain('team: money');
    const planned = await json('setup', '--dry-run', '--exit-code');
    expect(planned.code).toBe(0);
    const { changes } = planned.doc;
    expect(changes.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(changes.filter(({ type }) => type === 'subscription')).toHaveLength(4);

    const refused = await run('cleanup', '--yes', '--include-untagged');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('managed: false');
    const status = await json('status');
    expect(status.doc.subscribers.map(({ subscribed }) => subscribed)).toEqual([true, true, true]);
  });

  it('shows drift and changes none of it', async () => {
    const { own, cwd, run, json } = await team();
    await run('adopt', `${own}-payments`);
    const path = join(cwd, 'pubsub.yaml');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('visibilityTimeout: 90s', 'visibilityTimeout: 91s'),
    );
    for (const words of [
      ['setup', '--yes'],
      ['setup', '--dry-run'],
    ]) {
      const { doc, code } = await json(...words);
      expect(code).toBe(0);
      expect(doc.changes.filter(({ action }) => action !== 'unchanged')).toMatchObject([
        { type: 'queue', differences: [{ setting: 'VisibilityTimeout', from: '90', to: '91' }] },
      ]);
    }
    expect((await run('setup', '--dry-run', '--exit-code')).code).toBe(3);
  });

  it('lets doctor name the missing policy, and fix it by hand alone', async () => {
    const { own, run, json } = await team();
    await run('adopt', `${own}-payments`);
    const { doc, code } = await json('doctor');
    expect(code).toBe(3);
    const failed = doc.checks.filter(({ verdict }) => verdict === 'fail');
    expect(failed).toMatchObject([{ id: 'queue-policy', subject: `${own}-fraud` }]);
    expect(failed[0]?.fix).toContain('aws sqs set-queue-attributes');
    expect((await run('doctor', '--fix')).code).toBe(2);
  });

  it('makes it ours when asked, tags alone first', async () => {
    const { own, cwd, run, json } = await team();
    await run('adopt', `${own}-refunds`);
    expect((await run('adopt', '--manage')).stderr).toContain('--yes');
    expect((await run('adopt', '--manage', '--yes')).code).toBe(0);
    expect(readFileSync(join(cwd, 'pubsub.yaml'), 'utf8')).toContain('managed: true');
    const { doc } = await json('setup', '--dry-run');
    const open = doc.changes.filter(({ action }) => action !== 'unchanged');
    expect(open.map(({ type }) => type)).toEqual(['policy']);
    expect((await run('cleanup', '--yes')).code).toBe(0);
    expect((await run('adopt', '--manage', '--yes')).stderr).toContain('is yours already');
  });

  it('refuses what is not there, and never writes over a file', async () => {
    const { own, cwd, run } = await team();
    expect((await run('adopt')).code).toBe(2);
    const missing = await run('adopt', `${own}-paymnets`);
    expect(missing.stderr).toContain(`Did you mean "${own}-payments"?`);
    writeFileSync(join(cwd, 'other.yaml'), 'mine\n');
    const there = await run('adopt', `${own}-payments`, '-o', 'other.yaml');
    expect(there.stderr).toContain('already');
    expect(readFileSync(join(cwd, 'other.yaml'), 'utf8')).toBe('mine\n');
    const shown = await run('adopt', `${own}-payments`, '-o', '-');
    expect(shown.stdout).toContain('managed: false');
    const queue = await run('adopt', '--queue', `${own}-audit`, '-o', '-');
    expect(queue.stdout).toContain(`${own}-refunds`);
    expect(queue.stdout).not.toContain(`${own}-fraud`);
    expect((await run('adopt', '--queue', `${own}-none`)).code).toBe(2);
  });
});

describe('without a file', () => {
  it('--topic and --queue give one look, by name, ARN or URL', async () => {
    const { own, json, run, queues } = await team();
    const names = async (...words: string[]) =>
      (await json('status', ...words)).doc.subscribers.map(({ name }) => name);
    expect(await names('--topic', `${own}-payments`)).toEqual([`${own}-fraud`, `${own}-audit`]);
    for (const given of [`${own}-fraud`, queues.fraud.arn, queues.fraud.url]) {
      expect(await names('--queue', given)).toEqual([`${own}-fraud`]);
    }
    expect(
      (await json('publish', 'order.created', '--topic', `${own}-refunds`, '--data', '{"a":1}'))
        .code,
    ).toBe(0);
    const dead = await json('dlq', 'ls', '--queue', `${own}-fraud`);
    expect(dead.doc.subscribers).toMatchObject([{ dlq: `${own}-dead` }]);
    const tap = await run('tap', '--topic', `${own}-payments`, '--duration', '1s');
    expect(tap.code).toBe(0);
    expect((await run('status', '--topic', `${own}-nothing`)).stderr).toContain(
      'There is no topic',
    );
    expect((await run('status', '--queue', `${own}-nothing`)).stderr).toContain(
      'There is no queue',
    );
  });
});

describe('a topology that a program made', () => {
  it('is found on the target by its tags, also where it is broken', async () => {
    const prefix = uniquePrefix();
    const name = `shop-${prefix}`;
    const topology = defineTopology({
      name,
      prefix,
      subscribers: { mail: {}, books: { dlq: false } },
    });
    await setUpTopology(topology, { endpointUrl: endpoint.url });
    const flags = ['--topology', name, '--endpoint-url', endpoint.url];
    const { doc } = await shown(['status', ...flags]);
    expect(doc.topics).toMatchObject([{ name: `${prefix}-${name}-events`, exists: true }]);
    expect(doc.subscribers).toHaveLength(2);
    const unknown = await pubsub.run([
      'status',
      '--topology',
      `${name}x`,
      '--endpoint-url',
      endpoint.url,
    ]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain(`Did you mean "${name}"?`);
    const { doc: removed } = await shown(['cleanup', '--yes', ...flags]);
    expect(removed).toMatchObject({ verified: true, remaining: [] });
    expect(removed.deleted).toHaveLength(6);
  });
});

it('a topology that comes with the package gives way to one of its name that a program made', async () => {
  const prefix = uniquePrefix();
  const topology = defineTopology({
    name: 'weather',
    prefix,
    topic: 'stations',
    subscribers: { gauge: {} },
  });
  await setUpTopology(topology, { endpointUrl: endpoint.url });
  const flags = ['--topology', 'weather', '--endpoint-url', endpoint.url];
  const { doc } = await shown(['status', ...flags]);
  expect(doc.subscribers.map(({ name }) => name)).toEqual(['gauge']);
  const { doc: removed } = await shown(['cleanup', '--yes', ...flags]);
  expect(removed).toMatchObject({ verified: true, remaining: [] });
  const { doc: shipped } = await shown(['status', ...flags]);
  expect(shipped.subscribers.length).toBeGreaterThan(1);
});
