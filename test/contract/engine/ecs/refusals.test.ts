import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../../src/engine.ts';

let running: TestEngine;
let ecs: ECSClient;
beforeAll(async () => {
  running = await startEngine();
  ecs = new ECSClient({
    endpoint: running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(() => running.stop());

const CONTAINER = {
  name: 'api',
  image: 'pubsub:1',
  entryPoint: ['node', '/app/bin/pubsub.js'],
  command: ['serve', '--host', '0.0.0.0', '--port', '8080'],
};
const DEFINITION: RegisterTaskDefinitionCommandInput = {
  family: 'api',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
  containerDefinitions: [CONTAINER],
};

function refusalOf(sending: Promise<unknown>): Promise<string> {
  return sending.then(
    () => '',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe('sizes of Fargate', () => {
  it.each([
    ['256', '512', true],
    ['256', '1024', true],
    ['256', '1536', false],
    ['256', '2048', true],
    ['256', '3072', false],
    ['512', '512', false],
    ['512', '1024', true],
    ['512', '4096', true],
    ['512', '5120', false],
    ['1024', '2048', true],
    ['1024', '9216', false],
    ['4096', '30720', true],
    ['4096', '31744', false],
    ['8192', '16384', true],
    ['8192', '17408', false],
    ['16384', '122880', true],
    ['.25 vCPU', '0.5 GB', true],
    ['1 vCPU', '2GB', true],
    ['300', '512', false],
    ['256', 'much', false],
  ])('%s CPU with %s memory: %s', async (cpu, memory, isGood) => {
    const refusal = await refusalOf(
      ecs.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, cpu, memory })),
    );
    if (isGood) expect(refusal).toBe('');
    else expect(refusal).toContain('ClientException: No Fargate configuration exists');
  });
});

describe('task definitions', () => {
  const { executionRoleArn: _, ...roleless } = DEFINITION;
  const of = (more: object): RegisterTaskDefinitionCommandInput => ({
    ...DEFINITION,
    containerDefinitions: [{ ...CONTAINER, ...more }],
  });
  const awslogs = { 'awslogs-group': '/a', 'awslogs-region': 'us-east-1' };
  it.each<[string, RegisterTaskDefinitionCommandInput, string]>([
    ['an image of somebody else', of({ image: 'nginx:1.27' }), "not 'nginx:1.27'"],
    ['an image that only begins like ours', of({ image: 'pubsub-api:1' }), "not 'pubsub-api:1'"],
    ['nothing to run', of({ entryPoint: [], command: [] }), 'an engine within'],
    ['a shell', of({ entryPoint: ['sh', '-c'] }), 'runs only ["node", "/app/bin/pubsub.js"'],
    ['an engine in the engine', of({ command: ['local', 'run'] }), 'an engine within'],
    ['mount points', of({ mountPoints: [{ sourceVolume: 'a' }] }), 'mountPoints of containers'],
    ['a folder of an image', of({ workingDirectory: '/no/such' }), 'must be a folder of this'],
    ['a longer stop timeout', of({ stopTimeout: 121 }), 'stopTimeout value 121'],
    ['a log driver', of({ logConfiguration: { logDriver: 'json-file' } }), 'log driver json-file'],
    [
      'logs without a prefix',
      of({ logConfiguration: { logDriver: 'awslogs', options: awslogs } }),
      'requires option awslogs-stream-prefix',
    ],
    [
      'another host port',
      of({ portMappings: [{ containerPort: 80, hostPort: 81 }] }),
      'must match',
    ],
    ['UDP', of({ portMappings: [{ containerPort: 80, protocol: 'udp' }] }), 'port mappings of udp'],
    [
      'a program that the image lacks',
      of({ healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] } }),
      'has no curl',
    ],
    [
      'no containers',
      { ...DEFINITION, containerDefinitions: [] },
      'Container list cannot be empty',
    ],
    ['nothing essential', of({ essential: false }), 'must be essential'],
    [
      'a container twice',
      { ...DEFINITION, containerDefinitions: [CONTAINER, CONTAINER] },
      'Duplicate container name: api',
    ],
    ['bridges', { ...DEFINITION, networkMode: 'bridge' }, "only supports network mode 'awsvpc'"],
    ['EC2', { ...DEFINITION, requiresCompatibilities: ['EC2'] }, 'without requiresCompatibilities'],
    [
      'no execution role for ECR',
      {
        ...roleless,
        containerDefinitions: [
          { ...CONTAINER, image: '1.dkr.ecr.us-east-1.amazonaws.com/pubsub:1' },
        ],
      },
      'to support ECR images',
    ],
  ])('%s', async (_, input, words) => {
    expect(await refusalOf(ecs.send(new RegisterTaskDefinitionCommand(input)))).toContain(words);
  });

  it.each([
    'pubsub',
    'pubsub:1.2',
    'shop-pubsub:1',
    '000000000000.dkr.ecr.us-east-1.amazonaws.com/shop/pubsub:1',
    `localhost:5000/pubsub@sha256:${'0'.repeat(64)}`,
  ])('%s is an image of ours', async (image) => {
    expect(
      await refusalOf(ecs.send(new RegisterTaskDefinitionCommand(of({ image, stopTimeout: 120 })))),
    ).toBe('');
  });
});

describe('services', () => {
  const SERVICE: CreateServiceCommandInput = {
    cluster: 'shop',
    serviceName: 'api',
    taskDefinition: 'checked',
    desiredCount: 0,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  };
  const groupArn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/none/0';
  const target = { containerName: 'api', containerPort: 8080, targetGroupArn: groupArn };
  beforeAll(async () => {
    await ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
    const container = { ...CONTAINER, portMappings: [{ containerPort: 8080 }] };
    const input = { ...DEFINITION, family: 'checked', containerDefinitions: [container] };
    await ecs.send(new RegisterTaskDefinitionCommand(input));
  });
  it.each<[string, Partial<CreateServiceCommandInput>, string]>([
    ['another cluster', { cluster: 'other' }, 'ClusterNotFoundException'],
    ['another definition', { taskDefinition: 'other' }, 'ClientException'],
    ['no network', { networkConfiguration: {} }, 'Network Configuration must be provided'],
    ['a second process of one database', { desiredCount: 2 }, 'has no DATABASE_URL'],
    ['EC2', { launchType: 'EC2' }, 'the launch type EC2'],
    ['daemons', { schedulingStrategy: 'DAEMON' }, 'services of DAEMON'],
    [
      'blue and green',
      { deploymentConfiguration: { strategy: 'BLUE_GREEN' } },
      'the deployment strategy BLUE_GREEN',
    ],
    [
      'a container that is none',
      { loadBalancers: [{ ...target, containerName: 'web' }] },
      'The container web does not exist',
    ],
    [
      'a port that is none',
      { loadBalancers: [{ ...target, containerPort: 80 }] },
      'did not have a container port 80',
    ],
    ['a target group that is none', { loadBalancers: [target] }, 'InvalidParameterException'],
  ])('%s', async (_, more, words) => {
    expect(await refusalOf(ecs.send(new CreateServiceCommand({ ...SERVICE, ...more })))).toContain(
      words,
    );
  });
});
