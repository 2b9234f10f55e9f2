import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseJson, stringify } from 'lossless-json';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { topologyOf } from '../../../src/lib/config/topology.ts';
import { STYLES, type Style } from '../../../src/lib/definition/styles.ts';
import { artifactsOf } from '../../../src/lib/deploy/artifacts/artifacts.ts';
import { secretTexts } from '../../../src/lib/deploy/artifacts/given-secrets.ts';
import { deployPolicy } from '../../../src/lib/deploy/deploy-policy.ts';
import { deploymentFiles } from '../../../src/lib/deploy/deployment-files.ts';
import { stackName } from '../../../src/lib/deploy/style.ts';
import { deploymentOf } from '../../../src/lib/deploy/template.ts';
import { COVERED_TYPES, TYPE_PERMISSIONS } from '../../../src/lib/deploy/type-permissions.ts';
import { templateYaml } from '../../../src/lib/deploy/yaml.ts';
import { specFaults } from '../../fixtures/resource-spec.ts';
import { shopIn } from '../topology/shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function shipped(topology: string, prefix = '') {
  return topologyOf(await resolveSettings({ topology, prefix }, {}, folder));
}

const TOPOLOGIES = ['orders', 'weather', 'order-notifications', 'shop'] as const;
const topologyNamed = async (name: (typeof TOPOLOGIES)[number]) =>
  name === 'shop' ? shopIn(folder) : shipped(name);
/** As plain JSON: numbers of filter policies are kept as text. */
const plain = (template: unknown): unknown => JSON.parse(stringify(template) ?? '');
interface Policy {
  readonly PolicyDocument: {
    readonly Statement: readonly { readonly Sid: string; readonly Action: readonly string[] }[];
  };
}
const CASES = TOPOLOGIES.flatMap((name) => STYLES.map((style) => ({ name, style })));

describe('the template of a deployment', () => {
  it.each(CASES)('has types and properties that AWS knows: $name, $style', async (given) => {
    const deployment = deploymentOf(await topologyNamed(given.name), given.style);
    expect(specFaults(deployment.template)).toEqual([]);
    const artifacts = artifactsOf(deployment);
    if (artifacts) expect(specFaults(artifacts.template)).toEqual([]);
  });

  it('has a stack before it that keeps code, images and secrets, as far as it needs them', async () => {
    const resourcesOf = async (topology: string, style: Style) =>
      Object.values(
        artifactsOf(deploymentOf(await shipped(topology), style))?.template.Resources ?? {},
      ).map(({ Type }) => Type.slice('AWS::'.length));
    const secrets = ['SecretsManager::Secret', 'SecretsManager::Secret'];
    const bucket = ['S3::Bucket', 'S3::BucketPolicy'];
    expect(await resourcesOf('orders', 'serverless')).toEqual(bucket);
    expect(await resourcesOf('orders', 'hybrid')).toEqual([
      ...bucket,
      'ECR::Repository',
      ...secrets,
    ]);
    expect(await resourcesOf('orders', 'ecs')).toEqual(['ECR::Repository', ...secrets]);
    const queuesAlone = { ...(await shipped('orders')), subscribers: [], events: {} };
    expect(artifactsOf(deploymentOf(queuesAlone, 'ecs'))).toBeUndefined();
  });

  it.each(['ecs', 'hybrid'] as const)('asks the local engine for no secrets: %s', async (style) => {
    const { template } = deploymentOf(await shipped('orders'), style, { folder });
    expect(specFaults(template)).toEqual([]);
    expect(Object.keys(template.Parameters ?? {})).not.toContain('DatabaseUrlSecret');
    const task = JSON.stringify(template.Resources.ApiTask);
    expect(task).toContain('--allow-unauthenticated');
    expect(task).toContain(JSON.stringify({ WorkingDirectory: folder }).slice(1, -1));
    expect(task).not.toContain('Secrets');
    const { template: printed } = deploymentOf(await shipped('orders'), style);
    expect(JSON.stringify(printed)).not.toMatch(/allow-unauthenticated|WorkingDirectory/);
  });

  it.each(['ecs', 'hybrid'] as const)(
    'has a private, encrypted Postgres of RDS: %s',
    async (style) => {
      const { template } = deploymentOf(await shipped('orders'), style, undefined, 'rds');
      expect(specFaults(template)).toEqual([]);
      const { Database, DatabaseSecurityGroup, ApiTask, ExecutionRole } = template.Resources;
      expect(Database).toMatchObject({
        DeletionPolicy: 'Snapshot',
        Properties: {
          StorageEncrypted: true,
          PubliclyAccessible: false,
          ManageMasterUserPassword: true,
          BackupRetentionPeriod: 7,
          VPCSecurityGroups: [{ 'Fn::GetAtt': ['DatabaseSecurityGroup', 'GroupId'] }],
        },
      });
      expect(Database?.Properties).not.toHaveProperty('MasterUserPassword');
      const from = { SourceSecurityGroupId: { 'Fn::GetAtt': ['ApiSecurityGroup', 'GroupId'] } };
      expect(DatabaseSecurityGroup?.Properties.SecurityGroupIngress).toMatchObject([from]);
      expect(Object.keys(template.Parameters ?? {})).not.toContain('DatabaseUrlSecret');
      expect(JSON.stringify(ApiTask)).toContain('MasterUserSecret.SecretArn}:password::');
      expect(JSON.stringify(ExecutionRole)).toContain('["Database","MasterUserSecret.SecretArn"]');
    },
  );

  it('gives the function of the order API a Postgres server, and no table', async () => {
    const { template } = deploymentOf(await shipped('orders'), 'serverless', undefined, 'postgres');
    expect(specFaults(template)).toEqual([]);
    expect(template.Parameters?.DatabaseUrl).toMatchObject({ NoEcho: true });
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::DynamoDB::Table');
    const variables = { DATABASE_URL: { Ref: 'DatabaseUrl' } };
    expect(template.Resources.OrdersApiFunction?.Properties.Environment).toMatchObject({
      Variables: variables,
    });
    expect(JSON.stringify(template)).not.toContain('TABLE_NAME');
  });

  it.each([
    ['serverless', 'rds'],
    ['ecs', 'dynamodb'],
    ['hybrid', 'dynamodb'],
  ] as const)('is refused in words: %s on %s', async (style, database) => {
    const orders = await shipped('orders');
    expect(() => deploymentOf(orders, style, undefined, database)).toThrow(
      `${style} has no orders in ${database}.`,
    );
  });

  it('lets who sends and who receives use the keys of topic and queues, and nobody else', async () => {
    const orders = await shipped('orders');
    const [topic, ...otherTopics] = orders.topics;
    const [email, ...others] = orders.subscribers;
    if (topic === undefined || email === undefined) throw new Error('It has both.');
    const encrypted = {
      ...orders,
      topics: [{ ...topic, kmsKey: 'alias/topic' }, ...otherTopics],
      subscribers: [{ ...email, kmsKey: '1234abcd-12ab-34cd-56ef-1234567890ab' }, ...others],
    };
    const send = ['KeyByAlias', 'kms:Decrypt', 'kms:GenerateDataKey'];
    const receive = ['Key', 'kms:Decrypt'];
    for (const [style, api, subscriber] of [
      ['serverless', 'OrdersApiFunctionRole', 'OrdersEmailFunctionRole'],
      ['hybrid', 'ApiTaskRole', 'OrdersEmailFunctionRole'],
      ['ecs', 'ApiTaskRole', 'EmailServiceQueueConsumerTaskRole'],
    ] as const) {
      const { template } = deploymentOf(encrypted, style);
      const keys = Object.entries(template.Resources).flatMap(([id, { Properties }]) => {
        const { Policies = [] } = Properties as { Policies?: readonly Policy[] };
        return Policies.flatMap(({ PolicyDocument: { Statement } }) => Statement)
          .filter(({ Action }) => Action.some((action) => action.startsWith('kms:')))
          .map(({ Sid, Action }) => [id, [Sid, ...Action]]);
      });
      expect(Object.fromEntries(keys), style).toEqual({ [api]: send, [subscriber]: receive });
      expect(specFaults(template)).toEqual([]);
    }
  });

  it('is judged by a specification that finds what is wrong', async () => {
    const { template } = deploymentOf(await shipped('orders'), 'serverless');
    const { OrderEventsTopic } = template.Resources;
    if (OrderEventsTopic === undefined) throw new Error('there is no topic');
    const Properties = { ...OrderEventsTopic.Properties, Topicname: 'x' };
    const wrong = { ...template.Resources, OrderEventsTopic: { ...OrderEventsTopic, Properties } };
    const Outputs = { X: { Value: { 'Fn::GetAtt': ['OrderEventsTopic', 'Url'] } } };
    expect(specFaults({ ...template, Resources: wrong, Outputs })).toEqual([
      'OrderEventsTopic.Properties.Topicname is not a property',
      'OrderEventsTopic has no Url',
    ]);
  });

  it.each(CASES)('says as YAML what it says as JSON: $name, $style', async (given) => {
    const { template } = deploymentOf(await topologyNamed(given.name), given.style);
    const yaml = templateYaml({ ...template });
    expect(parse(yaml)).toEqual(plain(template));
    // As readers of YAML 1.1 see it too, to whom a bare date is no text.
    expect(parse(yaml, { version: '1.1' })).toEqual(plain(template));
  });

  it('keeps the digits of numbers', () => {
    const exact = '{"account":[1234567890123456789],"share":[{"numeric":[">=",0.25]}]}';
    const yaml = templateYaml({ FilterPolicy: parseJson(exact) });
    const read = parseDocument(yaml, { intAsBigInt: true }).toJS() as { FilterPolicy: unknown };
    expect(stringify(read.FilterPolicy)).toBe(exact);
  });

  it('keeps the data of tables, but for those of a stack that could not be made', async () => {
    const { template } = deploymentOf(await shipped('order-notifications'), 'serverless');
    const { OrdersTable } = template.Resources;
    expect(OrdersTable?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(OrdersTable?.UpdateReplacePolicy).toBe('Retain');
  });

  it('names the parameter of each function with its code', async () => {
    const { code, template } = deploymentOf(shopIn(folder), 'serverless');
    expect(code.map(({ parameter }) => parameter)).toEqual([
      'EndFunctionCodeKey',
      'ABFunctionCodeKey',
    ]);
    for (const { parameter } of code) expect(template.Parameters).toHaveProperty(parameter);
  });
});

describe('the policy of who deploys', () => {
  const place = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
  it.each(CASES)('has what each type of its templates needs: $name, $style', async (given) => {
    const deployment = deploymentOf(await topologyNamed(given.name), given.style);
    const sources = [deployment, artifactsOf(deployment)];
    const types = sources.flatMap((each) => Object.values(each?.template.Resources ?? {}));
    const known = [...Object.keys(TYPE_PERMISSIONS), ...COVERED_TYPES];
    for (const { Type } of types) expect(known).toContain(Type);
    const { Statement } = deployPolicy(deployment, place);
    const sids = Statement.map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const { Sid, Resource } of Statement) {
      if (Sid !== 'Unscoped') expect(Resource).not.toContain('*');
    }
  });

  it('lets the items of tables be counted, and log groups be tagged as well as made', async () => {
    const { Statement } = deployPolicy(deploymentOf(await shipped('orders'), 'serverless'), place);
    const group = 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders-api';
    expect(Statement).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          Sid: 'DynamoDBTable',
          Action: expect.arrayContaining(['dynamodb:Scan', 'dynamodb:DeleteTable']),
        }),
        expect.objectContaining({
          Sid: 'LogsLogGroup',
          Resource: expect.arrayContaining([group, `${group}:*`]),
        }),
      ]),
    );
  });

  it.each(['ecs', 'hybrid'] as const)(
    'lets a database of RDS be made, and its last snapshot: %s',
    async (style) => {
      const deployment = deploymentOf(await shipped('orders'), style, undefined, 'rds');
      const actions = deployPolicy(deployment, place).Statement.flatMap(({ Action }) => Action);
      expect(actions).toEqual(
        expect.arrayContaining(['rds:CreateDBInstance', 'rds:CreateDBSnapshot']),
      );
      const usual = deployPolicy(deploymentOf(await shipped('orders'), style), place);
      expect(JSON.stringify(usual)).not.toContain('rds:');
    },
  );

  it('names what has a name, and the stack of what gets one', async () => {
    const { Statement } = deployPolicy(deploymentOf(await shipped('orders', 'dev'), 'ecs'), place);
    const resources = Statement.flatMap(({ Resource }) => Resource);
    expect(resources).toContain('arn:aws:sqs:eu-west-1:123456789012:dev-email-service-queue');
    expect(resources).toContain('arn:aws:iam::123456789012:role/dev-orders-ecs*');
    expect(resources).toContain(
      'arn:aws:ecr:eu-west-1:123456789012:repository/dev-orders-ecs-pubsub',
    );
  });
});

describe('the database URL of a deployment on AWS', () => {
  const choices = {
    databaseSecret: undefined,
    tokenSecret: undefined,
    allowUnauthenticated: false,
  };
  const textsWith = async (url: string) => {
    const sources = { env: { DATABASE_URL: url }, choices, kept: new Set<string>() };
    return secretTexts(deploymentOf(await shipped('orders'), 'ecs'), sources, new Set());
  };

  it.each([
    'postgres://u:p@db.example.test/orders',
    'postgres://db.example.test/orders?sslmode=verify-ca&sslrootcert=/work/of-the-image.pem',
    'postgres://db.example.test/orders?sslcert=/work/c.pem&sslkey=/work/k.pem&user=u',
    'postgres://localhost.example.test/orders',
  ])('is kept as it is given: %s', async (url) => {
    expect(await textsWith(url)).toEqual({ DatabaseUrl: url });
  });

  it.each([
    ['postgres://127.0.0.1/orders', 'a server of this machine'],
    ['postgres://[::1]:5432/orders', 'a server of this machine'],
    ['postgres:///orders', 'a server of this machine'],
    ['postgres:///orders?host=/run/postgresql', 'a server of this machine'],
    ['postgres://db.example.test/orders?host=localhost', 'a server of this machine'],
    ['https://db.example.test/orders', 'is not a Postgres URL'],
    ['postgres://u:s3#cret@db.example.test/orders', 'has a character that must be written'],
    ['postgres://db.example.test/orders?sslmode=on', 'has an unknown sslmode'],
  ])('is refused: %s', async (url, problem) => {
    const message = expect.stringContaining(problem);
    await expect(textsWith(url)).rejects.toMatchObject({ message, exitCode: 2 });
  });
});

describe('a function that would take the place of another one', () => {
  it.each(['api', 'email'])('is refused: %s', async (name) => {
    const orders = await shipped('orders');
    const [first, ...rest] = orders.subscribers;
    if (first === undefined) throw new Error('It has three.');
    const given = { ...orders, subscribers: [...rest, first, { ...first, name }] };
    expect(() => deploymentOf(given, 'serverless')).toThrow(`would be called "orders-${name}"`);
    for (const database of ['dynamodb', 'postgres'] as const) {
      expect(() => deploymentOf(given, 'serverless', undefined, database)).toThrow(
        expect.objectContaining({
          hint: expect.stringMatching(/^The order API, and each subscriber/),
        }),
      );
    }
  });
});

describe('the files of deployments', () => {
  it('say to upload a template that is too large for a request', async () => {
    const deployment = deploymentOf(await shipped('weather'), 'ecs');
    const readme = (Description: string) => {
      const template = { ...deployment.template, Description };
      return String(deploymentFiles([{ ...deployment, template }])[0]?.content);
    };
    expect(readme('x')).not.toContain('BUCKET');
    expect(readme('x'.repeat(51_200))).toContain('--s3-bucket BUCKET');
    expect(readme('x'.repeat(51_200))).toContain('aws s3 mb s3://BUCKET');
  });
});

describe('the name of a stack', () => {
  it.each([
    ['orders', '', 'orders-serverless'],
    ['orders', 'dev', 'dev-orders-serverless'],
    ['my_orders.v2', '', 'my-orders-v2-serverless'],
    ['9-lives', '', 'pubsub-9-lives-serverless'],
  ])('of %s with the prefix "%s" is %s', (name, prefix, expected) => {
    expect(stackName({ name, prefix }, 'serverless')).toBe(expected);
  });

  it('has 128 characters at most, and says its style', () => {
    const longest = 'x'.repeat(128 - '-serverless'.length);
    expect(stackName({ name: longest, prefix: '' }, 'serverless')).toBe(`${longest}-serverless`);
    const cut = stackName({ name: `${longest}y`, prefix: '' }, 'serverless');
    expect(cut).toBe(`${longest}-serverless`);
    expect(cut).toHaveLength(128);
  });
});
