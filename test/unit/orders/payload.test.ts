import { describe, expect, it } from 'vitest';
import { readFunctionEnvironment } from '../../../src/lib/orders/lambda/function-environment.ts';
import {
  bodyOf,
  type HttpEvent,
  isHttpEvent,
  pathOf,
} from '../../../src/lib/orders/lambda/payload.ts';

const http = { method: 'GET' };
const event = (rawPath: string, stage = '$default'): HttpEvent => ({
  ...{ version: '2.0', rawPath, rawQueryString: '', headers: {}, isBase64Encoded: false },
  requestContext: { stage, requestId: 'r', http },
});

describe('what a function is invoked with', () => {
  it.each<[unknown, boolean]>([
    [event('/'), true],
    [{ version: '2.0', requestContext: { http } }, true],
    [{}, false],
    [{ source: 'aws.scheduler' }, false],
    [null, false],
    [undefined, false],
    ['text', false],
    [7, false],
  ])('%j is a request: %s', (given, is) => {
    expect(isHttpEvent(given)).toBe(is);
  });

  it.each([
    { version: '1.0', requestContext: { http } },
    { requestContext: { http } },
    { version: '2.0', requestContext: {} },
    { version: '2.0', requestContext: { http: {} } },
    { version: '2.0', requestContext: { http: { method: 7 } } },
    { version: '2.0', requestContext: null },
  ])('%j is one of another format', (given) => {
    expect(() => isHttpEvent(given)).toThrow(
      new Error(
        'Requests are read in payload format 2.0: PayloadFormatVersion of the integration.',
      ),
    );
  });

  it.each([
    ['/orders', '$default', '/orders'],
    ['/v1/orders', 'v1', '/orders'],
    ['/v1', 'v1', '/'],
    ['/v1/', 'v1', '/'],
    ['/v10/orders', 'v1', '/v10/orders'],
    ['/orders', 'v1', '/orders'],
    ['/orders/v1/', 'v1', '/orders/v1/'],
  ])('%s in the stage %s is the path %s', (path, stage, inside) => {
    expect(pathOf(event(path, stage))).toBe(inside);
  });

  it('has a body as text, in base64, or none', () => {
    expect(bodyOf({ ...event('/'), body: 'aGk=' }).toString()).toBe('aGk=');
    expect(bodyOf({ ...event('/'), body: 'aGk=', isBase64Encoded: true }).toString()).toBe('hi');
    expect(bodyOf({ ...event('/'), body: 'ü' })).toHaveLength(2);
    expect(bodyOf(event('/'))).toHaveLength(0);
  });
});

describe('the environment of the function', () => {
  const TOPIC_ARN = 'arn:topic';
  it.each([
    [{ TABLE_NAME: 't' }, { table: 't' }],
    [{ DATABASE_URL: 'postgres://h/d', TABLE_NAME: 't' }, { databaseUrl: 'postgres://h/d' }],
    [{ DATABASE_URL: '', TABLE_NAME: 't' }, { table: 't' }],
  ])('%j says where orders are', (env, orders) => {
    expect(readFunctionEnvironment({ ...env, TOPIC_ARN })).toEqual({
      ...{ orders, topicArn: TOPIC_ARN, token: undefined, bodyLimit: 65_536 },
    });
  });

  it('may have a token and a bound of bodies', () => {
    const env = { TABLE_NAME: 't', TOPIC_ARN, PUBSUB_API_TOKEN: 's', BODY_LIMIT: '1024' };
    expect(readFunctionEnvironment(env)).toMatchObject({ token: 's', bodyLimit: 1024 });
    const none = { ...env, PUBSUB_API_TOKEN: '', BODY_LIMIT: 'x' };
    expect(readFunctionEnvironment(none)).toMatchObject({ token: undefined, bodyLimit: 65_536 });
  });

  it.each([
    [{ TOPIC_ARN }, 'TABLE_NAME'],
    [{ TABLE_NAME: 't' }, 'TOPIC_ARN'],
    [{ TABLE_NAME: 't', TOPIC_ARN: '' }, 'TOPIC_ARN'],
  ])('%j lacks %s', (env, name) => {
    expect(() => readFunctionEnvironment(env)).toThrow(
      new Error(`The environment variable ${name} is not set.`),
    );
  });
});
