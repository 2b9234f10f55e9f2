import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, createServer as createTcpServer } from 'node:net';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretValue } from '../../../../src/lib/engine/services/cloudformation/secret-value.ts';
import {
  readTemplateFile,
  type StackEngine,
  stackEngine,
} from '../../../fixtures/cloudformation.ts';
import { processesOf } from '../../../fixtures/ecs.ts';

const GROUP = {
  TargetType: 'ip',
  Protocol: 'HTTP',
  Port: 80,
  HealthCheckPath: '/health',
  HealthCheckIntervalSeconds: 5,
  HealthCheckTimeoutSeconds: 2,
  UnhealthyThresholdCount: 2,
  HealthyThresholdCount: 2,
};
const balanced = (group: object = {}, action?: object) => ({
  Resources: {
    LoadBalancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: {
        Subnets: ['subnet-1'],
        LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
      },
    },
    Group: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { ...GROUP, ...group },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: { Ref: 'LoadBalancer' },
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [action ?? { Type: 'forward', TargetGroupArn: { Ref: 'Group' } }],
      },
    },
  },
  Outputs: {
    Url: { Value: { 'Fn::Join': ['', ['http://', { 'Fn::GetAtt': 'LoadBalancer.DNSName' }]] } },
    Group: { Value: { Ref: 'Group' } },
  },
});

let engine: StackEngine;
let elb: ElasticLoadBalancingV2Client;
beforeAll(async () => {
  engine = await stackEngine();
  elb = new ElasticLoadBalancingV2Client({ ...engine.config });
});
afterAll(() => engine.stop());

function outputsOf({ Outputs = [] }: Awaited<ReturnType<StackEngine['stack']>>) {
  return Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function healthOf(TargetGroupArn = ''): Promise<string[]> {
  const { TargetHealthDescriptions = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State ?? '');
}

describe('a load balancer', () => {
  it('answers for targets that are not there, fail, or take too long', async () => {
    const { Url = '', Group = '' } = outputsOf(await engine.create('lb', balanced()));
    const { targets } = engine.running.engine.ecs;
    const status = async (path = '/') => (await fetch(Url + path)).status;
    expect(await status()).toBe(503);

    let health = 500;
    const server = createServer((asked, answer) => {
      if (asked.url === '/health') answer.writeHead(health).end();
      else if (asked.url === '/slow') return;
      else if (asked.url === '/cut') asked.socket.destroy();
      else answer.end(JSON.stringify(asked.headers));
    });
    const target = { host: '127.0.0.1', port: await listening(server) };
    targets.register(Group, target);
    expect(await healthOf(Group)).toEqual(['initial']);
    expect(await status()).toBe(503);
    health = 200;
    await expect.poll(() => healthOf(Group)).toEqual(['healthy']);
    expect(await status('/cut')).toBe(502);
    expect(await status('/slow')).toBe(504);
    const headers = await (await fetch(Url, { headers: { 'x-forwarded-for': '9.9.9.9' } })).json();
    expect(headers).toMatchObject({
      host: new URL(Url).host,
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
      'x-forwarded-port': '80',
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });

    // Nothing healthy is left: it asks those that are there all the same.
    health = 503;
    await expect.poll(() => healthOf(Group)).toEqual(['unhealthy']);
    expect(await status()).toBe(200);
    server.closeAllConnections();
    server.close();
    expect(await status()).toBe(502);
    await targets.deregister(Group, target);
    expect(await status()).toBe(503);
    await engine.remove('lb');
    await expect(fetch(Url)).rejects.toThrow();
  });

  it('lets requests end that are under way when a target goes, and sends it no others', async () => {
    const { Url = '', Group = '' } = outputsOf(await engine.create('drain', balanced()));
    const { targets } = engine.running.engine.ecs;
    let finish: () => void = () => undefined;
    const asked = new Promise<void>((begun) => {
      const server = createServer((each, answer) => {
        if (each.url === '/health') {
          answer.end();
          return;
        }
        answer.write('first ');
        finish = () => answer.end('second');
        begun();
      });
      void listening(server).then((port) => targets.register(Group, { host: '127.0.0.1', port }));
    });
    await expect.poll(() => healthOf(Group)).toEqual(['healthy']);
    const answer = fetch(Url).then((response) => response.text());
    await asked;
    const [target] =
      engine.running.engine.elasticloadbalancing.balancers?.targetsOf(Group).all ?? [];
    if (target === undefined) throw new Error('there is no target');
    const leaving = { isOver: false };
    const gone = targets.deregister(Group, target).then(() => {
      leaving.isOver = true;
    });
    expect(await healthOf(Group)).toEqual(['draining']);
    expect((await fetch(Url)).status).toBe(503);
    expect(leaving.isOver).toBe(false);
    finish();
    expect(await answer).toBe('first second');
    await gone;
    expect(await healthOf(Group)).toEqual([]);
    await engine.remove('drain');
  });

  it('has its name alone, also where two are made at once', async () => {
    const make = () => elb.send(new CreateLoadBalancerCommand({ Name: 'twin', Subnets: ['s-1'] }));
    const made = await Promise.allSettled([make(), make(), make()]);
    const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.map(({ name }) => name)).toEqual(
      Array(2).fill('DuplicateLoadBalancerNameException'),
    );
    const { LoadBalancers = [] } = await elb.send(
      new DescribeLoadBalancersCommand({ Names: ['twin'] }),
    );
    expect(LoadBalancers).toMatchObject([{ State: { Code: 'active' } }]);
    const LoadBalancerArn = LoadBalancers[0]?.LoadBalancerArn;
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
    await make();
  });

  it('is changed in place', async () => {
    const { Url = '', Group = '' } = outputsOf(await engine.create('fixed', balanced()));
    const fixed = {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'no' },
    };
    const changed = await engine.update('fixed', balanced({ HealthCheckPath: '/ready' }, fixed));
    expect(changed.StackStatus).toBe('UPDATE_COMPLETE');
    expect(outputsOf(changed)).toEqual({ Url, Group });
    const answer = await fetch(Url);
    expect([answer.status, await answer.text()]).toEqual([404, 'no']);
    const { TargetGroups } = await elb.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [Group] }),
    );
    expect(TargetGroups?.[0]).toMatchObject({ HealthCheckPath: '/ready', LoadBalancerArns: [] });
    await engine.remove('fixed');
  });

  it.each<[string, object, object | undefined, string]>([
    ['an interval of 4 s', { HealthCheckIntervalSeconds: 4 }, undefined, 'between 5 and 300'],
    ['a timeout as long', { HealthCheckTimeoutSeconds: 5 }, undefined, 'greater than the timeout'],
    ['instances', { TargetType: 'instance' }, undefined, 'type instance: ip only'],
    ['a matcher', { Matcher: { HttpCode: 'ok' } }, undefined, "matcher 'ok'"],
    [
      'a content type that no header can have',
      {},
      {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain\nx' },
      },
      'must be one of text/plain',
    ],
    ['redirects', {}, { Type: 'redirect', RedirectConfig: {} }, 'the action redirect'],
  ])('refuses %s', async (_, group, action, words) => {
    const made = await engine.create('bad', balanced(group, action));
    expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events('bad')).join('\n')).toContain(words);
    await engine.remove('bad');
  });
});

it('the order system runs on ECS behind a load balancer', async () => {
  const made = await engine.create('orders', readTemplateFile('orders-ecs.yaml'), {
    Capabilities: ['CAPABILITY_IAM'],
  });
  expect(made.StackStatus, (await engine.events('orders')).join('\n')).toBe('CREATE_COMPLETE');
  const { ApiUrl = '' } = outputsOf(made);
  const logs = new CloudWatchLogsClient({ ...engine.config });
  const ecs = new ECSClient({ ...engine.config });
  const stack = [...engine.running.engine.cloudformation.stacks.values()].find(
    ({ name, deletedAt }) => name === 'orders' && deletedAt === 0,
  );
  const secretArn = stack?.resources.Token?.physicalId ?? '';
  const token = secretValue(engine.running.engine.cloudformation, secretArn) ?? '';
  expect(token).toHaveLength(40);
  const post = (authorization: string) =>
    fetch(`${ApiUrl}/orders`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{"order":{"user_id":1,"total":29.99}}',
    });
  expect((await post('Bearer no')).status).toBe(401);
  const posted = await post(`Bearer ${token}`);
  expect(posted.status, await posted.clone().text()).toBe(201);
  const logged = async () => {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/orders' }),
    );
    return events.map(({ message }) => message).join('\n');
  };
  await expect.poll(logged).toContain('Sending order confirmation email for order 1');
  await expect.poll(logged).toContain('Reserving inventory for order 1');

  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'orders' }));
  expect(taskArns).toHaveLength(3);
  expect((await engine.remove('orders')).StackStatus).toBe('DELETE_COMPLETE');
  expect(taskArns.flatMap(processesOf)).toEqual([]);
});
