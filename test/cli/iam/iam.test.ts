import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  ListEventSourceMappingsCommand,
  TagResourceCommand as TagFunctionCommand,
  UntagResourceCommand as UntagFunctionCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand, TagQueueCommand, UntagQueueCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { getTopicAttributes } from '../../../src/lib/aws/topics.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { moveByTask } from '../../../src/lib/dead-letters/move-task.ts';
import { MAX_MANAGED_POLICY_CHARACTERS } from '../../../src/lib/rules/limits.ts';
import { evaluatePolicy, parsePolicy } from '../../../src/lib/rules/policy/index.ts';
import { policyCharacters } from '../../../src/lib/topology/iam/policy.ts';
import type { IamPolicy } from '../../../src/lib/topology/iam/statement.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { createTemporaryQueue } from '../../../src/lib/topology/temporary-queue.ts';
import { createTemporaryTopic } from '../../../src/lib/topology/temporary-topic.ts';
import { sendAll } from '../../contract/dead-letters/dead-letters.ts';
import { type CallRecorder, openCallRecorder } from '../../fixtures/call-recorder.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import {
  attributesOf,
  fanOutAt,
  newPlace,
  setAttributes,
  subscribersOf,
  topicName,
  urlOf,
} from '../../fixtures/topology.ts';
import { type Need, needsOf } from './iam-needs.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

let recorder: CallRecorder;
let aws: Aws;

beforeAll(async () => {
  recorder = await openCallRecorder(endpoint.url, { hidesEngine: true });
  const flags = { endpointUrl: recorder.url, region: 'us-east-1' };
  aws = await createAws(await resolveSettings(flags, {}, '/'));
});

afterAll(async () => {
  aws.close();
  await recorder.close();
});

async function policyOf(args: readonly string[]): Promise<IamPolicy> {
  const { stdout, stderr, code } = await runMain(['iam', ...args, '--json'], pubsub.env);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as IamPolicy;
}

/** Whether a policy of an identity allows what is needed: as one of a resource that is open to everybody would. */
function allows(policy: IamPolicy, { action, resource }: Need): boolean {
  const Statement = policy.Statement.map((statement) => ({ ...statement, Principal: '*' }));
  const caller = { type: 'AWS', arn: 'arn:aws:iam::000000000000:user/u', account: '' } as const;
  const context = { 'sns:Protocol': 'sqs' };
  const asked = { principal: caller, action, resource, context };
  const parsed = parsePolicy(JSON.stringify({ ...policy, Statement }));
  return evaluatePolicy(parsed, asked).decision === 'allow';
}

/** Each action on each resource that a policy grants, as a policy of its own. */
function grantsOf(policy: IamPolicy): IamPolicy[] {
  return policy.Statement.flatMap((statement) =>
    statement.Action.flatMap((action) =>
      statement.Resource.map((resource) => ({
        ...policy,
        Statement: [{ ...statement, Action: [action], Resource: [resource] }],
      })),
    ),
  );
}

/** Asserts that a policy allows what was needed, each call of it, and nothing else. */
function expectExact(policy: IamPolicy, needs: readonly Need[]): void {
  expect(needs.filter((need) => !allows(policy, need))).toEqual([]);
  const unneeded = grantsOf(policy).filter((grant) => !needs.some((need) => allows(grant, need)));
  expect(unneeded.map(({ Statement: [{ Action, Resource } = {}] }) => [Action, Resource])).toEqual(
    [],
  );
}

/** A handler that is at work for long enough that its message's visibility matters, and fails. */
const LONG_FAILURE = ['--exec', 'sleep 1; false', '--shell'];

const WITH_FUNCTIONS = `topics: { placed: {} }
tables:
  Orders: { key: orderId, ttl: until, tags: { team: orders } }
functions:
  Take: { runtime: nodejs24.x, code: lambda/, reservedConcurrency: 7, tags: { team: orders }, tables: { Orders: write } }
subscribers:
  orders: { handler: { function: Take } }
`;

/** Somebody changes functions, tables and logs by hand. */
async function driftOfFunctions(aws: Aws, prefix: string): Promise<void> {
  const [lambda, dynamodb, logs] = await Promise.all([aws.lambda(), aws.dynamodb(), aws.logs()]);
  const FunctionName = `${prefix}-Take`;
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const Resource = Configuration?.FunctionArn ?? '';
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  await lambda.send(new UntagFunctionCommand({ Resource, TagKeys: ['pubsub:topology'] }));
  await lambda.send(new TagFunctionCommand({ Resource, Tags: { 'pubsub:sets': 'team' } }));
  const { EventSourceMappings: [{ UUID = '' } = {}] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 3 }));
  const logGroupName = `/aws/lambda/${FunctionName}`;
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
  const TableName = `${prefix}-Orders`;
  await dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { Enabled: false, AttributeName: 'until' },
    }),
  );
}

function ofFunctions(needs: readonly Need[]): Need[] {
  return needs.filter(({ action }) => /^(lambda|dynamodb|logs):/.test(action));
}

describe('pubsub iam', () => {
  const prefix = uniquePrefix();
  const flags = (): string[] => ['--endpoint-url', recorder.url, '--prefix', prefix];
  const run = async (args: readonly string[], stdin?: string): Promise<void> => {
    const options = stdin === undefined ? {} : { stdin };
    const { code, stderr } = await runMain([...args, ...flags(), '--yes'], pubsub.env, options);
    expect(code, `${args.join(' ')}\n${stderr}`).toBe(0);
  };
  /** By somebody else: it is not written down. */
  const publish = async (): Promise<void> => {
    const args = ['publish', 'order.created', '--endpoint-url', endpoint.url, '--prefix', prefix];
    expect(await runMain(args, pubsub.env)).toMatchObject({ code: 0 });
  };
  /** What the commands needed that ran in between. */
  const needed = async (work: () => Promise<void>): Promise<Need[]> => {
    const from = recorder.calls.length;
    await work();
    const beside = 'arn:aws:sqs:us-east-1:000000000000:x';
    return needsOf(recorder.calls.slice(from), beside);
  };

  it('publisher: allows what publishing calls, and nothing else', async () => {
    await fanOutAt(await newPlace(endpoint, prefix));

    const needs = await needed(async () => {
      await run(['publish', '--count', '12']);
      await run(['publish', 'order.created', '--order-id', '7']);
    });

    expectExact(await policyOf(['publisher', ...flags()]), needs);
  });

  it('subscriber: allows what listening to its queue calls, and nothing else', async () => {
    const policy = await policyOf(['subscriber', 'email', ...flags()]);

    const needs = await needed(async () => {
      await run(['listen', 'email', '--max', '12', '--idle-timeout', '5']);
      await publish();
      await runMain(
        ['listen', 'email', '--max', '1', ...LONG_FAILURE, '--retry-delay', '1', ...flags()],
        pubsub.env,
      );
    });

    expectExact(policy, needs);
    const all = await policyOf(['subscriber', 'all', ...flags()]);
    expect(all.Statement[0]?.Resource).toHaveLength(3);
    expect(needs.every((need) => allows(all, need))).toBe(true);
    const other = await policyOf(['subscriber', 'inventory', ...flags()]);
    expect(needs.some((need) => allows(other, need))).toBe(false);
  });

  it('operator: allows what setup, status, doctor, dlq, tap, alarms and cleanup call, and nothing else', async () => {
    const place = await newPlace(endpoint, prefix);
    const specs = subscribersOf(place);
    const topicArn = `arn:aws:sns:us-east-1:000000000000:${topicName(place)}`;
    const file = join(pubsub.env.HOME ?? '', 'dead.jsonl');
    writeFileSync(file, '{"body":"{}"}\n');
    const dead = async (count: number): Promise<void> => {
      for (const { dlq } of specs) {
        const bodies = Array.from({ length: count }, () => ({ body: '{}' }));
        await sendAll(endpoint, await urlOf(place, dlq), bodies);
      }
    };

    const needs = await needed(async () => {
      await run(['cleanup']);
      await run(['setup']);
      await drift();
      await run(['setup']);
      await run(['status']);
      await run(['doctor']);
      await dead(2);
      await run(['dlq', 'ls', '--ages']);
      await run(['dlq', 'redrive', 'all']);
      await dead(2);
      for (const { name } of specs) {
        await run(['dlq', 'show', name]);
        await run(['dlq', 'export', name, '--to', join(pubsub.env.HOME ?? '', `${name}.jsonl`)]);
        await run(['dlq', 'import', name, '--file', file]);
      }
      await run(['dlq', 'redrive', 'all', '--text', '{', '--max', '1']);
      await run(['dlq', 'purge', 'all', '--text', '{', '--max', '1']);
      await dead(3);
      await cancelMoves();
      await run(['dlq', 'purge', 'all']);
      await tap();
      await run(['doctor', '--probe']);
      await run(['alarms']);
      await run(['alarms', 'ls']);
      await run(['alarms', 'rm']);
      await leaveBehind();
      await run(['cleanup']);
    });

    const policy = await policyOf(['operator', ...flags()]);
    expectExact(policy, needs);

    /** Somebody changes everything by hand. */
    async function drift(): Promise<void> {
      const { sns, sqs } = place.aws;
      const TopicArn = topicArn;
      await sns.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: 'DisplayName',
          AttributeValue: 'x',
        }),
      );
      await sns.send(
        new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ['pubsub:topology'] }),
      );
      // As if the topology had said something of tags and keys before.
      const Tags = [{ Key: 'pubsub:sets', Value: 'team' }];
      await sns.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags }));
      for (const name of specs.flatMap(({ queue, dlq }) => [queue, dlq])) {
        const QueueUrl = await urlOf(place, name);
        await sqs.send(
          new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '7' } }),
        );
        await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['pubsub:topology'] }));
        await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { 'pubsub:sets': '@kms-key' } }));
      }
      const { Subscriptions = [] } = await sns.send(
        new ListSubscriptionsByTopicCommand({ TopicArn }),
      );
      for (const { SubscriptionArn } of Subscriptions) {
        const AttributeName = 'RawMessageDelivery';
        await sns.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn,
            AttributeName,
            AttributeValue: 'true',
          }),
        );
      }
    }

    /** As Ctrl-C during a redrive does. */
    async function cancelMoves(): Promise<void> {
      for (const { queue, dlq } of specs) {
        const { QueueArn: dlqArn = '' } = await attributesOf(place, dlq);
        const { QueueArn: queueArn = '' } = await attributesOf(place, queue);
        await moveByTask({
          aws,
          dlqUrl: await urlOf(place, dlq),
          dlqArn,
          queueUrl: await urlOf(place, queue),
          queueArn,
          rate: 1,
          signal: AbortSignal.abort(),
        });
      }
    }

    /** Taps until something was seen, with the filter of a subscriber too. */
    async function tap(): Promise<void> {
      for (const words of [[], ['--subscriber', 'email']]) {
        let ended = false;
        const tapping = run(['tap', '--max', '1', ...words]).finally(() => {
          ended = true;
        });
        while (!ended) {
          await publish();
          await sleep(200);
        }
        await tapping;
      }
    }

    /** What a killed tap and a killed probe leave, for cleanup to find. */
    async function leaveBehind(): Promise<void> {
      const common = { topology: place.topology, topicArn, lifetime: 60 };
      const attributes = (await getTopicAttributes(endpoint.aws, topicArn)) ?? {};
      const copy = await createTemporaryTopic({
        ...common,
        aws: endpoint.aws,
        attributes,
        purpose: 'probe',
      });
      await createTemporaryQueue({
        ...common,
        aws: endpoint.aws,
        topicArn: copy.arn,
        purpose: 'probe',
      });
      await createTemporaryQueue({ ...common, aws: endpoint.aws, purpose: 'tap' });
    }
  });

  it('operator: allows what commands call for functions and tables, and nothing else of that', async () => {
    const cwd = join(pubsub.env.HOME ?? '', 'with-functions');
    mkdirSync(join(cwd, 'lambda'), { recursive: true });
    writeFileSync(join(cwd, 'lambda/index.mjs'), 'export const handler = async () => ({});');
    writeFileSync(join(cwd, 'pubsub.yaml'), WITH_FUNCTIONS);
    const act = async (...words: string[]): Promise<string> => {
      const { stdout, stderr, code } = await runMain([...words, ...flags()], pubsub.env, { cwd });
      expect(code, `${words.join(' ')}\n${stderr}`).toBe(0);
      return stdout;
    };
    const needs = await needed(async () => {
      await act('setup', '--yes');
      await driftOfFunctions(endpoint.aws, prefix);
      writeFileSync(join(cwd, 'lambda/index.mjs'), 'export const handler = async () => null;');
      await act('setup', '--yes');
      const less = WITH_FUNCTIONS.replaceAll(', tags: { team: orders }', '');
      writeFileSync(join(cwd, 'pubsub.yaml'), less.replace(' reservedConcurrency: 7,', ''));
      await act('setup', '--yes');
      await act('status');
      await act('doctor');
      await act('functions', 'ls');
      await act('functions', 'logs');
      await act('functions', 'invoke');
      await act('tables', 'scan');
      await runMain(['tables', 'get', 'Orders', 'O1', ...flags()], pubsub.env, { cwd });
      await act('dlq', 'ls');
      await act('cleanup', '--yes');
    });

    const policy = JSON.parse(await act('iam', 'operator', '--json')) as IamPolicy;
    expect(needs.filter((need) => !allows(policy, need))).toEqual([]);
    const Statement = policy.Statement.filter(({ Action: [action = ''] }) =>
      /^(lambda|dynamodb|logs):/.test(action),
    );
    expectExact({ ...policy, Statement }, ofFunctions(needs));
    const onAws = JSON.parse(
      await act('iam', 'operator', '--json', '--account', '000000000000', '--region', 'us-east-1'),
    ) as IamPolicy;
    const looks = ofFunctions(needs).filter((need) => allows(onAws, need));
    expect([...new Set(looks.map(({ action }) => action))].sort()).toEqual([
      'dynamodb:DescribeTable',
      'dynamodb:GetItem',
      'dynamodb:Scan',
      'lambda:GetFunction',
      'lambda:InvokeFunction',
      'lambda:ListEventSourceMappings',
      'logs:FilterLogEvents',
    ]);
  });

  it('covers what a FIFO topology calls', async () => {
    const cwd = join(pubsub.env.HOME ?? '', 'fifo');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'pubsub.yaml'), 'fifo: true\n');
    const at = ['--endpoint-url', recorder.url, '--prefix', uniquePrefix()];
    const inProject = async (...words: string[]): Promise<string> => {
      const { stdout, stderr, code } = await runMain([...words, ...at], pubsub.env, { cwd });
      expect(code, `${words.join(' ')}\n${stderr}`).toBe(0);
      return stdout;
    };
    const asked = async (role: string[], ...lines: string[][]): Promise<Need[]> => {
      const needs = await needed(async () => {
        for (const words of lines) await inProject(...words);
      });
      const policy = JSON.parse(await inProject('iam', ...role, '--json')) as IamPolicy;
      return needs.filter((need) => !allows(policy, need));
    };

    expect(await asked(['operator'], ['setup'], ['status'], ['doctor', '--probe'])).toEqual([]);
    expect(await asked(['publisher'], ['publish', '--count', '3'])).toEqual([]);
    expect(await asked(['subscriber', 'email'], ['listen', 'email', '--max', '3'])).toEqual([]);
    const dead = join(cwd, 'dead.jsonl');
    writeFileSync(dead, '{"body":"{}","groupId":"g"}\n');
    await inProject('dlq', 'import', 'email', '--file', dead, '--to-dlq');
    expect(
      await asked(['operator'], ['dlq', 'show', 'email'], ['dlq', 'redrive', 'email']),
    ).toEqual([]);
    expect(await asked(['operator'], ['cleanup', '--yes'])).toEqual([]);
  });

  it('lets who has it do his work and nothing else, as a session policy', async () => {
    const own = uniquePrefix();
    await fanOutAt(await newPlace(endpoint, own));
    const at = ['--endpoint-url', endpoint.url, '--prefix', own];
    const publisher = await sessionWith(await policyOf(['publisher', ...at]));
    const subscriber = await sessionWith(await policyOf(['subscriber', 'email', ...at]));
    const publishing = ['publish', 'order.created', ...at];
    const listening = (name: string) => ['listen', name, '--max', '1', ...at];

    expect(await runMain(publishing, publisher)).toMatchObject({ code: 0 });
    expect(await runMain(listening('email'), subscriber)).toMatchObject({ code: 0 });
    for (const [args, env] of [
      [listening('inventory'), publisher],
      [['status', ...at], publisher],
      [['cleanup', '--yes', ...at], publisher],
      [publishing, subscriber],
      [listening('inventory'), subscriber],
      [['dlq', 'ls', ...at], subscriber],
    ] as const) {
      expect(await runMain(args, env), args.join(' ')).toMatchObject({ code: 4 });
    }
  });

  /** The environment of a session that may do no more than the policy says. */
  async function sessionWith(policy: IamPolicy): Promise<Record<string, string>> {
    const { Credentials: { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {} } =
      await endpoint.aws.sts.send(
        new AssumeRoleCommand({
          RoleArn: 'arn:aws:iam::000000000000:role/service',
          RoleSessionName: 'test',
          Policy: JSON.stringify(policy),
        }),
      );
    return {
      ...pubsub.env,
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
    };
  }

  it('operator: lets doctor look at the key, and the messages be read and sent', async () => {
    const own = uniquePrefix();
    const place = await newPlace(endpoint, own);
    await fanOutAt(place);
    const key = await encrypt(place);

    const needs = await needed(async () => {
      const args = ['doctor', '--endpoint-url', recorder.url, '--prefix', own];
      expect(await runMain(args, pubsub.env)).toMatchObject({ code: 0 });
    });

    const flags = ['--endpoint-url', recorder.url, '--prefix', own, '--kms-key-arn', key];
    const policy = await policyOf(['operator', ...flags]);
    expect(needs.filter((need) => !allows(policy, need))).toEqual([]);
    // Who reads an encrypted queue needs the one, who sends to it both ("Key management", SQS Developer Guide).
    const messages = ['kms:Decrypt', 'kms:GenerateDataKey'];
    const ofKey = needs.filter(({ resource }) => resource === key);
    expect(policy.Statement.at(-1)?.Action).toEqual(
      [...new Set([...messages, ...ofKey.map(({ action }) => action)])].sort(),
    );
  });

  /** Encrypts all queues with a new key that SNS may use. @returns its ARN. */
  async function encrypt(place: Place): Promise<string> {
    const kms = await place.aws.kms();
    const Statement = [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::000000000000:root' },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
        Resource: '*',
      },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
    const key = KeyMetadata?.Arn ?? '';
    for (const { queue } of place.topology.subscribers) {
      await setAttributes(place, queue, { KmsMasterKeyId: key });
    }
    return key;
  }
});

describe('pubsub iam, offline', () => {
  const ACCOUNT = ['--account', '123456789012', '--region', 'eu-west-1'];
  const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  it('asks nobody when the account is given: also on aws, without credentials', async () => {
    const { stdout, stderr, code } = await pubsub.run([
      ...['iam', 'publisher', '--target', 'aws', '--prefix', 'dev', ...ACCOUNT],
    ]);

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(JSON.parse(stdout)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Publish',
          Effect: 'Allow',
          Action: ['sns:Publish'],
          Resource: ['arn:aws:sns:eu-west-1:123456789012:dev-order-events'],
        },
      ],
    });
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it.each([
    ['cn-north-1', 'arn:aws-cn:sns:cn-north-1:123456789012:order-events'],
    ['us-gov-west-1', 'arn:aws-us-gov:sns:us-gov-west-1:123456789012:order-events'],
  ])('names resources in %s as its partition does', async (region, arn) => {
    const policy = await policyOf(['publisher', ...ACCOUNT.slice(0, 2), '--region', region]);

    expect(policy.Statement[0]?.Resource).toEqual([arn]);
  });

  it.each([
    ['publisher', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['subscriber all', ['kms:Decrypt']],
    ['operator', ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'kms:GetKeyPolicy']],
  ])('%s: lets the key be used where there is one', async (role, actions) => {
    const policy = await policyOf([...role.split(' '), ...ACCOUNT, '--kms-key-arn', KEY]);

    expect(policy.Statement.at(-1)).toMatchObject({ Action: actions, Resource: [KEY] });
    const without = await policyOf([...role.split(' '), ...ACCOUNT]);
    expect(JSON.stringify(without)).not.toContain('kms:');
  });

  it('lets the keys be used that the topology says, each by who needs it', async () => {
    const cwd = mkdtempSync(join(pubsub.env.HOME, 'keys-'));
    const id = KEY.slice(KEY.lastIndexOf('/') + 1);
    const yaml = `topology: shop
topics: { sales: { kmsKey: alias/sales }, gifts: { kmsKey: alias/aws/sns } }
subscribers:
  mail: { from: sales, kmsKey: ${id}, dlq: { kmsKey: "${KEY}-dead" } }
  audit: { from: sales, kmsKey: "arn:aws:kms:eu-west-1:999999999999:alias/audit" }
  log: { from: gifts, kmsKey: false }
`;
    writeFileSync(join(cwd, 'pubsub.yaml'), yaml);
    const keys = async (...role: string[]) => {
      const { doc } = await pubsub.json(['iam', ...role, ...ACCOUNT], { cwd });
      const { Statement } = doc as { Statement: readonly { readonly Sid: string }[] };
      return Statement.filter(({ Sid }) => Sid.startsWith('Key'));
    };
    const Effect = 'Allow';
    const byAlias = (alias: string) => ({
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [alias] } },
    });
    const Own = 'arn:aws:kms:eu-west-1:123456789012:key/*';
    expect(await keys('publisher')).toEqual([
      {
        ...{ Sid: 'KeyByAlias', Effect, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] },
        ...{ Resource: [Own], ...byAlias('alias/sales') },
      },
    ]);
    const receive = { Effect, Action: ['kms:Decrypt'] };
    expect(await keys('subscriber', 'mail')).toEqual([{ Sid: 'Key', ...receive, Resource: [KEY] }]);
    const Foreign = 'arn:aws:kms:eu-west-1:999999999999:key/*';
    expect(await keys('subscriber', 'audit')).toEqual([
      { Sid: 'KeyByAlias', ...receive, Resource: [Foreign], ...byAlias('alias/audit') },
    ]);
    expect(await keys('subscriber', 'log')).toEqual([]);
    expect(await keys('operator')).toMatchObject([
      { Sid: 'Key', Resource: [KEY, `${KEY}-dead`] },
      { Sid: 'KeyByAlias', Resource: [Own, Foreign] },
    ]);
  });

  it('lets who deploys make the database that is asked for', async () => {
    const policy = await policyOf(['deploy', 'ecs', '--database', 'rds', ...ACCOUNT]);
    const actions = policy.Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain('rds:CreateDBInstance');
  });

  it.each([['publisher'], ['subscriber', 'all'], ['operator']])(
    '%s %s: keeps within what AWS takes, also with the longest prefix',
    async (...role) => {
      const prefix = 'p'.repeat(80 - '-inventory-service-queue'.length);
      const policy = await policyOf([
        ...role,
        ...['--account', '123456789012', '--region', 'ap-southeast-1', '--prefix', prefix],
        ...['--kms-key-arn', KEY],
      ]);

      expect(policyCharacters(policy)).toBeLessThanOrEqual(MAX_MANAGED_POLICY_CHARACTERS);
      const sids = policy.Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    },
  );

  it.each([
    [[], 'Whose policy'],
    [['publsher'], 'Did you mean "publisher"?'],
    [['subscriber'], 'Which subscriber'],
    [['subscriber', 'emial'], 'Did you mean "email"?'],
    [['operator', 'email'], 'operator'],
    [['publisher', '--account', '12345'], '--account must be the twelve digits'],
    [['publisher', '--database', 'rds'], '--database belongs to the policy of deploy'],
    [['deploy', 'ecs', '--database', 'rsd'], 'Did you mean "rds"?'],
    [['deploy', 'serverless', '--database', 'rds'], 'serverless has no orders in rds'],
    [
      ['publisher', '--kms-key-arn', 'arn:aws:kms:eu-west-1:123456789012:alias/orders'],
      'a policy on an alias has no effect',
    ],
  ])('%j is refused', async (words, message) => {
    const { stderr, stdout, code } = await runMain(['iam', ...ACCOUNT, ...words], pubsub.env);

    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(message);
  });
});
