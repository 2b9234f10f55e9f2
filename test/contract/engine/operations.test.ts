import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as apigateway from '@aws-sdk/client-apigatewayv2';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as lambda from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';
import type { RestRoute } from '../../../src/lib/engine/protocol/rest-json.ts';
import { apiGatewayActions } from '../../../src/lib/engine/services/apigateway/actions/index.ts';
import { API_GATEWAY_ROUTES } from '../../../src/lib/engine/services/apigateway/rest-routes.ts';
import { cloudFormationActions } from '../../../src/lib/engine/services/cloudformation/actions/index.ts';
import { cloudWatchActions } from '../../../src/lib/engine/services/cloudwatch/actions/index.ts';
import { DYNAMODB_OPERATIONS } from '../../../src/lib/engine/services/dynamodb/operations.ts';
import { ecsActions } from '../../../src/lib/engine/services/ecs/actions/index.ts';
import { elbActions } from '../../../src/lib/engine/services/elb/actions/index.ts';
import { lambdaActions } from '../../../src/lib/engine/services/lambda/actions/index.ts';
import { LAMBDA_ROUTES } from '../../../src/lib/engine/services/lambda/rest-routes.ts';
import { logsActions } from '../../../src/lib/engine/services/logs/actions/index.ts';

const DOCS = ['functions.md', 'http-apis.md', 'cloudformation.md', 'alarms.md']
  .map((name) => readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8'))
  .join('\n');

/** Names of all operations that an SDK's client has. */
function operationsOf(client: object): string[] {
  return Object.keys(client)
    .flatMap((name) => /^(\w+)Command$/.exec(name)?.slice(1) ?? [])
    .sort();
}

const SERVICES = [
  {
    name: 'Lambda',
    all: operationsOf(lambda),
    there: Object.keys(lambdaActions),
    ask: rest('lambda', LAMBDA_ROUTES),
  },
  {
    name: 'API Gateway V2',
    all: operationsOf(apigateway),
    there: Object.keys(apiGatewayActions),
    ask: rest('apigateway', API_GATEWAY_ROUTES),
  },
  {
    name: 'DynamoDB',
    all: operationsOf(dynamodb),
    there: [...DYNAMODB_OPERATIONS],
    ask: (operation: string) => json('dynamodb', 'DynamoDB_20120810', operation),
  },
  {
    name: 'CloudWatch Logs',
    all: operationsOf(logs),
    there: Object.keys(logsActions),
    ask: (operation: string) => json('logs', 'Logs_20140328', operation),
  },
  {
    name: 'CloudWatch',
    all: operationsOf(cloudwatch),
    there: Object.keys(cloudWatchActions),
    ask: (operation: string) => json('monitoring', 'GraniteServiceVersion20100801', operation),
  },
  {
    name: 'ECS',
    all: operationsOf(ecs),
    there: Object.keys(ecsActions),
    ask: (operation: string) => json('ecs', 'AmazonEC2ContainerServiceV20141113', operation),
  },
  {
    name: 'Elastic Load Balancing',
    all: operationsOf(elb),
    there: Object.keys(elbActions),
    ask: (operation: string) =>
      request('elasticloadbalancing', '/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `Action=${operation}&Version=2015-12-01`,
      }),
  },
  {
    name: 'CloudFormation',
    all: operationsOf(cloudformation),
    there: Object.keys(cloudFormationActions),
    ask: (operation: string) =>
      request('cloudformation', '/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `Action=${operation}&Version=2010-05-15`,
      }),
  },
] as const;

let running: TestEngine;
beforeAll(async () => {
  running = await startEngine();
});
afterAll(() => running.stop());

function rest(service: string, routes: Readonly<Record<string, RestRoute>>) {
  return (operation: string): Promise<Response> => {
    const [method, path] = routes[operation] ?? ['GET', '/'];
    return request(service, path.replaceAll(/\{\w+\}/g, 'x'), { method });
  };
}

function json(service: string, target: string, operation: string): Promise<Response> {
  const headers = {
    'X-Amz-Target': `${target}.${operation}`,
    'Content-Type': 'application/x-amz-json-1.0',
  };
  return request(service, '/', { method: 'POST', headers, body: '{}' });
}

function request(service: string, path: string, init: RequestInit): Promise<Response> {
  const Authorization = `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return fetch(running.endpoint + path, { ...init, headers: { ...init.headers, Authorization } });
}

/** Method, path and status of each operation as the SDK has them from the API's model. */
function routesOf(client: object): [string, RestRoute][] {
  const schemas = Object.entries(client).filter(([, each]) => Array.isArray(each) && each[3]?.http);
  return schemas.map(([name, each]) => [name.slice(0, -1), each[3].http]);
}

/** API Gateway's labels have other names than the fields that they stand for. */
const withoutLabels = (routes: [string, RestRoute][]) =>
  Object.fromEntries(
    routes.map(([name, [method, path, status]]) => [
      name,
      [method, path.replaceAll(/\{[\w-]+/g, '{'), status],
    ]),
  );

it.each([
  ['Lambda', LAMBDA_ROUTES, lambda],
  ['API Gateway V2', API_GATEWAY_ROUTES, apigateway],
])('%s has its operations where the SDK asks for them', (_, routes, client) => {
  expect(withoutLabels(Object.entries(routes))).toEqual(withoutLabels(routesOf(client)));
});

describe.each(SERVICES)('$name', ({ name, all, there, ask }) => {
  const others = all.filter((operation) => !there.includes(operation));

  it('answers every operation that it has not with its name', async () => {
    const answers = await Promise.all(
      others.map(async (operation) => {
        const answer = await ask(operation);
        const type = answer.headers.get('X-Amzn-ErrorType') ?? '';
        return [operation, `${type} ${await answer.text()}`] as const;
      }),
    );
    expect(others.length).toBeGreaterThan(10);
    expect(
      answers.filter(
        ([operation, text]) => !(text.includes('UnsupportedOperation') && text.includes(operation)),
      ),
    ).toEqual([]);
  });

  it('is told in the docs as it is', () => {
    const [, has = '', hasNot = ''] =
      new RegExp(`^\\| ${name} \\| (.*) \\| (.*) \\|$`, 'm').exec(DOCS) ?? [];
    const names = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, each]) => each);
    expect(names(has)).toEqual([...there].sort());
    expect(names(hasNot)).toEqual(others);
  });
});
