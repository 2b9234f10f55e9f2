import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Env, type Flags, resolveSettings } from '../../../src/lib/config/settings.ts';
import { findTopology, topologyOf } from '../../../src/lib/config/topology.ts';
import { queueNames } from '../../../src/lib/definition/topology.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

let folder: string;
let project: string;
let home: Env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-settings-'));
  project = join(folder, 'project', 'deep');
  mkdirSync(project, { recursive: true });
  mkdirSync(join(folder, 'config', 'pubsub'), { recursive: true });
  home = { XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') };
});

afterEach(() => rmSync(folder, { recursive: true }));

const saveProject = (text: string): void =>
  writeFileSync(join(folder, 'project', 'pubsub.yaml'), text);
const saveUser = (text: string): void =>
  writeFileSync(join(folder, 'config', 'pubsub', 'config.yaml'), text);
const settle = (flags: Flags = {}, env: Env = {}) =>
  resolveSettings(flags, { ...home, ...env }, project);

async function refusal(act: () => Promise<unknown>): Promise<AppError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a file that is a link', () => {
  it.each([
    ['leads nowhere', 'nothing', 'it is a symbolic link that leads nowhere'],
    ['leads to itself', 'pubsub.yaml', 'its symbolic links lead in a circle'],
  ])('is named where it %s, as it is not the same as no file', async (_what, to, words) => {
    const path = join(folder, 'project', 'pubsub.yaml');
    symlinkSync(to, path);
    const { message, exitCode } = await refusal(() => settle());
    expect(message).toBe(`${path} can't be read: ${words}`);
    expect(exitCode).toBe(2);
  });

  it('of the user is named as well', async () => {
    const path = join(folder, 'config', 'pubsub', 'config.yaml');
    symlinkSync('nothing', path);
    expect((await refusal(() => settle())).message).toContain(`${path} can't be read: it is a`);
  });
});

describe('where a setting comes from', () => {
  it('takes the local engine and the orders topology when nothing is said', async () => {
    const settings = await settle();
    expect(settings).toMatchObject({
      target: { kind: 'local' },
      region: 'us-east-1',
      topology: 'orders',
      prefix: '',
      stateDir: join(folder, 'state', 'pubsub'),
    });
  });

  it('prefers flags, then environment, then project file, then user file', async () => {
    saveUser('prefix: user\nregion: eu-west-1\n');
    expect((await settle()).prefix).toBe('user');
    saveProject('prefix: project\n');
    expect((await settle()).prefix).toBe('project');
    expect((await settle({}, { PUBSUB_PREFIX: 'env' })).prefix).toBe('env');
    expect((await settle({ prefix: 'flag' }, { PUBSUB_PREFIX: 'env' })).prefix).toBe('flag');
    expect((await settle()).region).toBe('eu-west-1');
    expect((await settle({}, { AWS_REGION: 'eu-north-1' })).region).toBe('eu-north-1');
  });
});

describe('the target', () => {
  it('goes to AWS only when somebody asked for it', async () => {
    expect((await settle({}, { AWS_ACCESS_KEY_ID: 'AKIA', AWS_PROFILE: 'x' })).target.kind).toBe(
      'local',
    );
    expect((await settle({ target: 'aws' })).target.kind).toBe('aws');
    expect((await settle({}, { PUBSUB_TARGET: 'aws' })).target.kind).toBe('aws');
    saveUser('target: aws\n');
    expect((await settle()).target.kind).toBe('aws');
    expect((await settle({ target: 'local' })).target.kind).toBe('local');
  });

  it('takes endpoints as the SDKs do: the flag, then the service, then the general variable', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_SQS: 'http://queues:2/' };
    expect((await settle({}, env)).target).toEqual({
      kind: 'endpoint',
      sns: 'http://all:1',
      sqs: 'http://queues:2',
      sts: 'http://all:1',
      kms: 'http://all:1',
      lambda: 'http://all:1',
      dynamodb: 'http://all:1',
      logs: 'http://all:1',
      cloudwatch: 'http://all:1',
      cloudformation: 'http://all:1',
      s3: 'http://all:1',
      ec2: 'http://all:1',
    });
    const keys = { ...env, AWS_ENDPOINT_URL_KMS: 'http://keys:4' };
    expect((await settle({}, keys)).target).toMatchObject({ kms: 'http://keys:4' });
    const logs = { ...env, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://logs:5' };
    expect((await settle({}, logs)).target).toMatchObject({ logs: 'http://logs:5' });
    expect((await settle({ endpointUrl: 'http://flag:3' }, env)).target).toMatchObject({
      sns: 'http://flag:3',
      sqs: 'http://flag:3',
    });
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect((await settle({}, ignored)).target.kind).toBe('local');
    expect((await settle({ target: 'aws' }, env)).target.kind).toBe('aws');
    expect((await settle({}, { ...env, PUBSUB_TARGET: 'aws' })).target.kind).toBe('endpoint');
  });

  it('refuses one service alone: the other would go to AWS unasked', async () => {
    const error = await refusal(() => settle({}, { AWS_ENDPOINT_URL_SNS: 'http://a:1' }));
    expect(error).toMatchObject({ code: 'InvalidEndpoint', exitCode: 2 });
    expect(error.hint).toContain('AWS_ENDPOINT_URL_SQS');
  });
});

describe('what is refused', () => {
  it.each([
    [{ target: 'asw' }, 'UnknownTarget', 'Did you mean "aws"?'],
    [{ endpointUrl: 'localhost:4566' }, 'InvalidEndpoint', 'not an http or https URL'],
    [{ endpointUrl: 'http://me:secret@host' }, 'InvalidEndpoint', 'carries a user name'],
    [{ region: 'us-esat-1' }, 'UnknownRegion', 'Did you mean "us-east-1"?'],
    [{ target: 'aws', region: 'nowhere' }, 'UnknownRegion', '"nowhere"'],
  ])('%j', async (flags, code, words) => {
    const error = await refusal(() => settle(flags));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toContain(words);
  });

  it('lets AWS decide about a region it may have opened since', async () => {
    expect((await settle({ target: 'aws', region: 'eu-west-9' })).region).toBe('eu-west-9');
  });

  it('names an unknown key and the file it stands in', async () => {
    saveProject('prefx: a\n');
    const error = await refusal(() => settle());
    expect(error.message).toMatch(/pubsub\.yaml: unknown key "prefx", did you mean "prefix"\?/);
    expect(error.exitCode).toBe(2);
  });

  it('names a file that is not YAML', async () => {
    saveUser('target: [aws\n');
    expect((await refusal(() => settle())).message).toContain("config.yaml can't be read");
  });
});

describe('the folders', () => {
  it('ignores relative ones, and does without HOME', async () => {
    const env = { XDG_STATE_HOME: 'state', XDG_CONFIG_HOME: './config' };
    const { stateDir, configDir } = await resolveSettings({}, { ...env, HOME: folder }, project);
    expect(stateDir).toBe(join(folder, '.local', 'state', 'pubsub'));
    expect(configDir).toBe(join(folder, '.config', 'pubsub'));
    const homeless = await resolveSettings({}, { XDG_CONFIG_HOME: folder }, project);
    expect(homeless.stateDir).toBe(join(userInfo().homedir, '.local', 'state', 'pubsub'));
    const relative = await resolveSettings({}, { HOME: '.', XDG_CONFIG_HOME: folder }, project);
    expect(relative.stateDir).toBe(homeless.stateDir);
  });
});

describe('the project file', () => {
  it('may be called pubsub.yml, and then alone', async () => {
    writeFileSync(join(folder, 'project', 'pubsub.yml'), 'prefix: yml\n');
    expect((await settle()).prefix).toBe('yml');
    saveProject('prefix: yaml\n');
    expect((await refusal(() => settle())).message).toContain('and one is read');
  });

  it('defines a topology of its own, which is chosen unless another one is named', async () => {
    saveProject('topics: { payments: {} }\nsubscribers: { mail: {} }\n');
    const own = await topologyOf(await settle());
    expect(own.name).toBe('project');
    expect(own.subscribers.map(({ queue }) => queue)).toEqual(['project-mail-queue']);
    expect((await topologyOf(await settle({ topology: 'orders' }))).subscribers).toHaveLength(3);
    const error = await refusal(async () => topologyOf(await settle({ topology: 'projct' })));
    expect(error).toMatchObject({ code: 'UnknownTopology', exitCode: 2 });
    expect(error.message).toContain('Did you mean "project"?');
    expect(error.hint).toContain('project, orders');
  });

  it.each([
    ['shop/pubsub.yaml', 'a file', 'run in: cd shop'],
    ['/srv/shop/pubsub.yml', 'a file', 'run in: cd /srv/shop'],
    ['pubsub.yaml', 'a file', 'leave --topology out'],
    ['./other.yml', 'a file', 'call the file so'],
    ['../shop', 'a folder', 'cd ../shop'],
    ['~/shop', 'a folder', 'cd ~/shop'],
    ['.', 'a folder', 'leave --topology out'],
  ])('is not chosen by a path: %s', async (topology, what, hint) => {
    const error = await refusal(async () => findTopology(await settle({ topology })));
    expect(error).toMatchObject({ code: 'UnknownTopology', exitCode: 2 });
    expect(error.message).toBe(`A topology is chosen by its name, and "${topology}" is ${what}.`);
    expect(error.hint).toContain(hint);
    // Others may have tagged theirs with a slash in its name.
    expect(await findTopology(await settle({ topology: 'shop/orders' }))).toBeUndefined();
  });

  it('says where the two cannot be used together, when it changes another topology', async () => {
    saveProject('subscribers: { email: { from: payments } }\n');
    const error = await refusal(async () => topologyOf(await settle()));
    expect(error).toMatchObject({ code: 'InvalidConfig', exitCode: 2 });
    expect(error.message).toContain('there is no topic "payments"');
  });
});

describe('the topology in pubsub.yaml', () => {
  const email = async () => (await topologyOf(await settle())).subscribers[0];

  it('is the standard one unless the file says more', async () => {
    const { topics } = await topologyOf(await settle());
    expect(topics).toMatchObject([{ name: 'order-events', fifo: false }]);
    expect((await email())?.subscriptions).toMatchObject([
      { topic: 'order-events', rawDelivery: false, filterPolicy: undefined },
    ]);
  });

  it('has the filters, the delivery and the subscribers that it says', async () => {
    saveProject(`prefix: dev
subscribers:
  email:
    filterPolicy: { event_type: [order.created] }
    rawDelivery: true
  billing:
  stock: { filterPolicy: { order: { status: [shipped] } }, filterPolicyScope: MessageBody }
`);
    const { subscribers } = await topologyOf(await settle());
    expect(subscribers.map(({ name }) => name)).toEqual([
      'email',
      'inventory',
      'analytics',
      'billing',
      'stock',
    ]);
    expect(subscribers[0]).toMatchObject({
      subscriptions: [
        {
          topic: 'order-events',
          filterPolicy: '{"event_type":["order.created"]}',
          filterPolicyScope: 'MessageAttributes',
          rawDelivery: true,
        },
      ],
      visibilityTimeout: 30,
    });
    expect(subscribers[3]).toMatchObject({
      queue: 'dev-billing-service-queue',
      dlq: 'dev-billing-service-dlq',
      subscriptions: [{ filterPolicy: undefined }],
    });
    expect(subscribers[4]?.subscriptions[0]?.filterPolicyScope).toBe('MessageBody');
  });

  it('is FIFO in all its names', async () => {
    saveProject('fifo: true\n');
    const { topics, subscribers } = await topologyOf(await settle());
    const names = [...topics.map(({ name }) => name), ...subscribers.flatMap(queueNames)];
    expect(topics[0]?.fifo).toBe(true);
    expect(names).toHaveLength(7);
    expect(names.every((name) => name.endsWith('.fifo'))).toBe(true);
  });

  it.each([
    ['fifo: yes please', 'fifo must be true or false', 'fifo: true'],
    ['subscribers: [email]', 'subscribers must be a mapping', 'rawDelivery: true'],
    ['subscribers: { email: raw }', 'subscribers.email must be a mapping', 'rawDelivery: true'],
    [
      'subscribers: { email: { rawDelivery: 1 } }',
      'subscribers.email.rawDelivery must be true or false',
      'rawDelivery: true',
    ],
    [
      'subscribers: { email: { filterPolice: {} } }',
      'unknown key "subscribers.email.filterPolice", did you mean "filterPolicy"?',
      'filterPolicy, filterPolicyScope, rawDelivery',
    ],
    [
      'subscribers: { email: { filterPolicyScope: Body } }',
      'filterPolicyScope must be MessageAttributes or MessageBody',
      'MessageBody',
    ],
    [
      'subscribers: { email: { filterPolicyScope: MessageBody } }',
      'subscribers.email has a filterPolicyScope and no filterPolicy',
      'filterPolicy',
    ],
    [
      'subscribers: { email: { filterPolicy: { event_type: order.created } } }',
      'subscribers.email.filterPolicy is not one that SNS accepts: "event_type" must be an object or an array',
      'event_type: [payment.captured]',
    ],
    [
      'subscribers: { email: { filterPolicy: { order: { status: [shipped] } } } }',
      'Filter policy scope MessageAttributes does not support nested',
      'filterPolicy',
    ],
    ['subscribers: { "a b": {} }', '"a b" can\'t be a subscriber\'s name', 'letters'],
    ['subscribers: { all: {} }', '"all" can\'t be a subscriber\'s name', 'all of them'],
    ['subscriber: {}', 'unknown key "subscriber", did you mean "subscribers"?', 'fifo'],
  ])('refuses %s', async (text, what, hint) => {
    saveProject(text);
    const error = await refusal(() => settle());
    expect(error).toMatchObject({ code: 'InvalidConfig', exitCode: 2 });
    expect(error.message).toContain(`pubsub.yaml: `);
    expect(error.message).toContain(what);
    expect(error.hint).toContain(hint);
  });

  it('stands in the project, not in the saved defaults', async () => {
    saveUser('fifo: true\n');
    expect((await refusal(() => settle())).message).toContain('config.yaml: unknown key "fifo"');
  });
});
