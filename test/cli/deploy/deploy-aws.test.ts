import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetObjectTaggingCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/lib/deploy/image/reference.ts';
import { openRegistry } from '../../../src/lib/deploy/image/registry.ts';
import { stackTags } from '../../../src/lib/deploy/style.ts';
import { pushBase } from '../../fixtures/base-image.ts';
import { registryMissing, startRegistry } from '../../fixtures/docker-registry.ts';
import { motoMissing, startMoto, type TestMoto } from '../../fixtures/moto.ts';
import { type ProxiedRequest, startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

// What answers is moto: it judges the calls, and none of the templates, of which it makes a part alone.

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const REGION = 'us-east-1';

it.skipIf(motoMissing === undefined)('deployments on AWS are judged by moto', ({ skip }) => {
  skip(motoMissing);
});

describe.skipIf(motoMissing)('a deployment on an endpoint that answers like AWS', () => {
  const pubsub = usePubsub();
  let moto: TestMoto;
  let proxy: TestProxy;
  let s3: S3Client;
  let cloudformation: CloudFormationClient;
  let project: string;
  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startProxy(moto.url);
    env = {
      AWS_ENDPOINT_URL: moto.url,
      AWS_ENDPOINT_URL_CLOUDFORMATION: proxy.url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const config = { endpoint: moto.url, region: REGION, credentials: CREDENTIALS };
    s3 = new S3Client({ ...config, forcePathStyle: true });
    cloudformation = new CloudFormationClient(config);
    // moto forgets the outputs of what a change set made.
    proxy.rule = ({ action }) =>
      action === 'DescribeStacks'
        ? { answer: (body) => withOutputs(cloudformation, body) }
        : undefined;
  });
  afterAll(async () => {
    s3?.destroy();
    cloudformation?.destroy();
    await proxy?.close();
    await moto?.stop();
  });
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'pubsub-deploy-aws-'));
  });
  afterEach(async () => {
    await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
    rmSync(project, { recursive: true, force: true });
  });

  let env: Readonly<Record<string, string>>;
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    pubsub.run(['deploy', ...args], { cwd: project, env: { ...env, ...more } });
  const buckets = async () =>
    ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name = '' }) => Name);
  const keys = async (Bucket = '') =>
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(
      ({ Key = '' }) => Key,
    );
  const stacks = async () => {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({}));
    return Stacks.map(({ StackName }) => StackName);
  };
  const shop = (code: string): void => {
    mkdirSync(join(project, 'code'), { recursive: true });
    writeFileSync(join(project, 'code/index.mjs'), code);
    writeFileSync(
      join(project, 'pubsub.yaml'),
      [
        'topology: shop',
        'topics: { sales: {} }',
        'functions: { mail: { runtime: nodejs24.x, code: code/ } }',
        'subscribers: { mail: { handler: { function: mail } } }',
      ].join('\n'),
    );
  };

  it('uploads code under its digest into a private bucket, once', async () => {
    shop('export const handler = () => 1;\n');
    const first = await run(['serverless', '--verbose']);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^\+ bucket +CodeBucket$/m);
    expect(await stacks()).toEqual(['shop-serverless-artifacts', 'shop-serverless']);
    const [bucket = ''] = await buckets();
    const [key = ''] = await keys(bucket);
    expect(key).toMatch(/^code\/mail-[0-9a-f]{64}\.zip$/);
    const { StackResourceSummaries = [] } = await cloudformation.send(
      new ListStackResourcesCommand({ StackName: 'shop-serverless' }),
    );
    expect(StackResourceSummaries.map((each) => each.LogicalResourceId)).toContain('MailFunction');

    const again = await run(['serverless']);
    expect(again.stderr).toContain('Nothing to do: the stack shop-serverless is as it should be.');
    // Changed code is another object; the one before it is marked for the bucket's lifecycle.
    const deployed = async (answer: number) => {
      shop(`export const handler = () => ${answer};\n`);
      const { code: exitCode, stderr } = await run(['serverless']);
      expect(exitCode, stderr).toBe(0);
      return Promise.all((await keys(bucket)).map((each) => tagged(bucket, each)));
    };
    expect((await deployed(2)).sort()).toEqual([false, true]);
    expect(await tagged(bucket, key)).toBe(true);
    expect((await deployed(3)).sort()).toEqual([false, true, true]);
    // What is used again is kept again.
    expect((await deployed(2)).sort()).toEqual([false, true, true]);
    expect(await tagged(bucket, key)).toBe(true);
  });

  const tagged = async (Bucket: string, Key: string) => {
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    return TagSet.some((each) => each.Key === 'pubsub:replaced');
  };

  it('is done also where code that was replaced may not be marked', async () => {
    shop('export const handler = () => 1;\n');
    expect((await run(['serverless'])).code).toBe(0);
    const [Bucket = ''] = await buckets();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'code/before.zip', Body: 'PK' }));
    const restore = proxy.rule;
    proxy.rule = (request) =>
      request.path.endsWith('?tagging=') && request.body !== ''
        ? { status: 403, error: 'AccessDenied' }
        : restore(request);
    try {
      const s3Endpoint = { AWS_ENDPOINT_URL_S3: proxy.url };
      const { code, stdout, stderr } = await run(['serverless', '--json'], s3Endpoint);
      expect(stderr).toContain('Not allowed to tag code/before.zip');
      expect(stderr).toContain('Next: ');
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { status: 'CREATE_COMPLETE' }]);
    } finally {
      proxy.rule = restore;
    }
    expect(await tagged(Bucket, 'code/before.zip')).toBe(false);
  });

  it('makes nothing in a dry run, and shows both stacks', async () => {
    shop('export const handler = () => 1;\n');
    const { stdout, stderr, code } = await run(['serverless', '--dry-run']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\+ bucket +CodeBucket$/m);
    expect(stdout).toMatch(/^\+ function +MailFunction$/m);
    expect(await buckets()).toEqual([]);
    expect(await stacks()).toEqual([]);
  });

  it('deletes both stacks, with all code, and says what is left', async () => {
    shop('export const handler = () => 1;\n');
    expect((await run(['serverless'])).code).toBe(0);
    const planned = await run(['destroy', '--dry-run']);
    expect(planned.stdout).toMatch(/^- bucket +CodeBucket$/m);
    expect(await buckets()).toHaveLength(1);
    const { code, stdout, stderr } = await run(['destroy', '--yes', '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ remaining: [], verified: true });
    expect(await stacks()).toEqual([]);
    expect(await buckets()).toEqual([]);
    expect((await run(['destroy'])).stdout).toContain('Nothing to delete.');
  });

  it.skipIf(registryMissing)(
    'builds the image of services, and pushes it by its digest',
    async () => {
      const registry = await startRegistry();
      const reference = parseReference('--push', `${registry.host}/base`);
      const signal = new AbortController().signal;
      const login = async () => undefined;
      const to = openRegistry({ reference, actions: 'pull,push', login, env: {}, signal });
      await pushBase(to, '24', 'oci');
      repository = `${registry.host}/orders`;
      try {
        const secrets = { DATABASE_URL: 'postgres://orders:s3cret@db.example.test/orders' };
        const base = ['--base', `${registry.host}/base:24`];
        const planned = await run(['ecs', ...base, '--dry-run'], secrets);
        expect(planned.code, planned.stderr).toBe(0);
        expect(planned.stdout).toMatch(/^\+ repository +ImageRepository$/m);
        expect(await stacks()).toEqual([]);
        const { code, stdout, stderr } = await run(['ecs', ...base], secrets);
        expect(code, stderr).toBe(0);
        expect(stdout + stderr).not.toContain('s3cret');
        const { Stacks: [stack] = [] } = await cloudformation.send(
          new DescribeStacksCommand({ StackName: 'orders-ecs' }),
        );
        const given = Object.fromEntries(
          (stack?.Parameters ?? []).map((each) => [each.ParameterKey, each.ParameterValue]),
        );
        expect(given.VpcId).toMatch(/^vpc-/);
        expect(given.SubnetIds?.split(',').length).toBeGreaterThan(1);
        expect(given.DatabaseUrlSecret).toMatch(/^arn:aws:secretsmanager:/);
        const [name, digest = ''] = given.Image?.split('@') ?? [];
        expect(name).toBe(repository);
        const pushed = openRegistry({
          reference: parseReference('--image', repository),
          actions: 'pull',
          login,
          env: {},
          signal,
        });
        expect((await pushed.manifest(digest)).digest).toBe(digest);
        // The same program makes the same image: nothing to do, and nothing is asked for again.
        const again = await run(['ecs', ...base]);
        expect(again.stderr).toContain('Nothing to do: the stack orders-ecs is as it should be.');
        const gone = await run(['destroy', '--yes']);
        expect(gone.code, gone.stderr).toBe(0);
        expect(gone.stdout).toContain('aws ecs delete-task-definitions');
        expect(await stacks()).toEqual([]);
      } finally {
        await registry.stop();
      }
    },
  );

  it('says where the token is that the order API demands', async () => {
    const mine = `${SECRETS}:mine-AbCdEf`;
    const database = ['--database-secret', `${SECRETS}:database-AbCdEf`];
    const words = ['ecs', '--image', IMAGE];
    const { code, stderr } = await run([...words, ...database, '--token-secret', mine]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`--secret-id ${mine} `);
    // It is kept, and so is what is said of it.
    expect((await run(words)).stderr).toContain(`--secret-id ${mine} `);
  });

  it('keeps nothing of a stack that is on its way out', async () => {
    const StackName = 'orders-serverless';
    await makeStack(StackName, 'orders');
    const restore = proxy.rule;
    let isGone = false;
    proxy.rule = (request) => {
      if (isGone || !isLookAt(StackName, request)) return restore(request);
      return {
        answer: async (body) => {
          isGone = true;
          await cloudformation.send(new DeleteStackCommand({ StackName }));
          return withStatus(body, 'DELETE_IN_PROGRESS');
        },
      };
    };
    try {
      const { code, stderr } = await run(['serverless']);
      expect(stderr).toContain('waiting for it (DELETE_IN_PROGRESS).');
      expect([code, stderr]).toEqual([2, expect.stringContaining('no token')]);
    } finally {
      proxy.rule = restore;
    }
    expect(await stacks()).toEqual([]);
  });

  it('plans both stacks also where the first one failed', async () => {
    shop('export const handler = () => 1;\n');
    const StackName = 'shop-serverless-artifacts';
    await makeStack(StackName, 'shop');
    const restore = proxy.rule;
    proxy.rule = (request) =>
      isLookAt(StackName, request)
        ? { answer: (body) => withStatus(body, 'ROLLBACK_COMPLETE') }
        : restore(request);
    try {
      const { code, stdout, stderr } = await run(['serverless', '--dry-run']);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^\+ bucket +CodeBucket$/m);
      expect(stdout).toMatch(/^\+ function +MailFunction$/m);
    } finally {
      proxy.rule = restore;
    }
    expect(await stacks()).toEqual([StackName]);
  });

  /** Makes a stack that is tagged as a deployment of a topology, with a token. */
  const makeStack = (StackName: string, name: string) =>
    cloudformation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify({
          Parameters: { ApiToken: { Type: 'String', NoEcho: true } },
          Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
        }),
        Parameters: [{ ParameterKey: 'ApiToken', ParameterValue: 'hushhush' }],
        Tags: Object.entries(stackTags({ name }, 'serverless')).map(([Key, Value]) => ({
          Key,
          Value,
        })),
      }),
    );
  const isLookAt = (name: string, { action, body }: ProxiedRequest): boolean =>
    action === 'DescribeStacks' && new URLSearchParams(body).get('StackName') === name;
  const withStatus = (body: string, status: string): string =>
    body.replace('CREATE_COMPLETE</StackStatus>', `${status}</StackStatus>`);

  it('makes nothing where a secret is missing, or the network', async () => {
    const open = await run(['serverless']);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('no token')]);
    const noDatabase = await run(['hybrid', '--image', IMAGE]);
    expect(noDatabase.code).toBe(2);
    expect(noDatabase.stderr).toContain('Set DATABASE_URL');
    const here = await run(['ecs', '--image', IMAGE], { DATABASE_URL: 'postgres://localhost/x' });
    expect(here.stderr).toContain('names a server of this machine');
    expect(await stacks()).toEqual([]);
  });
});

const SECRETS = 'arn:aws:secretsmanager:us-east-1:123456789012:secret';
/** Where the stack of artifacts says that images go. */
let repository = '';
const IMAGE = `registry.test/pubsub@sha256:${'0'.repeat(64)}`;

/** Stacks as CloudFormation answers them: with the outputs of the stack of artifacts. */
async function withOutputs(client: CloudFormationClient, body: string): Promise<string> {
  const name = /<StackName>([^<]*-artifacts)<\/StackName>/.exec(body)?.[1];
  if (name === undefined || !body.includes('_COMPLETE</StackStatus>')) return body;
  const { StackResourceSummaries = [] } = await client
    .send(new ListStackResourcesCommand({ StackName: name }))
    // A stack that is gone meanwhile.
    .catch(() => ({ StackResourceSummaries: [] }));
  const values = [
    ...StackResourceSummaries.map((each) => [each.LogicalResourceId, each.PhysicalResourceId]),
    ['RepositoryUri', repository],
    // Secrets are of what moto doesn't make of a template.
    ...['DatabaseUrlSecret', 'ApiTokenSecret'].map((id) => [id, `${SECRETS}:${id}-AbCdEf`]),
  ];
  const outputs = values.map(
    ([id, value]) =>
      `<member><OutputKey>${id}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return body.replace('<Tags>', `<Outputs>${outputs.join('')}</Outputs><Tags>`);
}
