import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';

let running: TestEngine;
beforeAll(async () => {
  running = await startEngine({ allowHosts: ['queue.test', '*.team.test'] });
});
afterAll(() => running.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

function statusOf({ method = 'GET', path = '/?Action=ListQueues', headers = {} }: Sent) {
  return new Promise<number | undefined>((resolve, reject) => {
    const { port } = running;
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
      answer.destroy();
    });
    sent.once('error', reject);
    sent.end();
  });
}

describe('a request that names another host', () => {
  it.each([
    'evil.test',
    'evil.test:4566',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    'evil-localhost',
    'notlocalhost',
    'localhost.localstack.cloud.evil.test',
    'evil.localstack.cloud',
    'queue.test.evil',
    'team.test',
    '0.0.0.0',
    '10.0.0.1',
    '[::]',
    '2130706433',
    'localhost@evil.test',
    'localhost:1:evil.test',
  ])('is refused: %j', async (Host) => {
    expect(await statusOf({ headers: { Host } })).toBe(403);
  });

  it.each([
    ['GET', '/'],
    ['POST', '/'],
    ['PUT', '/000000000000/q'],
    ['DELETE', '/_pubsub/faults'],
    ['OPTIONS', '/'],
    ['HEAD', '/'],
    ['GET', '/_pubsub/health'],
    ['POST', '/_pubsub/reset'],
    ['GET', '/_pubsub/events'],
    ['GET', '/SimpleNotificationService-0.pem'],
    ['GET', '/favicon.ico'],
  ])('is refused whatever it asks for: %s %s', async (method, path) => {
    expect(await statusOf({ method, path, headers: { Host: 'evil.test' } })).toBe(403);
  });

  it('is refused when the path is a whole URL', async () => {
    expect(await statusOf({ path: 'http://evil.test/?Action=ListQueues' })).toBe(403);
  });
});

it.each([
  'localhost',
  'LOCALHOST:4566',
  'localhost.',
  '127.0.0.1:1',
  '127.7.7.7',
  '[::1]:4566',
  '[::ffff:127.0.0.1]',
  'sqs.us-east-1.localhost',
  'localhost.localstack.cloud:4566',
  'sqs.eu-west-1.localhost.localstack.cloud',
  'host.docker.internal:4566',
  'host.containers.internal',
  'queue.test:80',
  'Queue.Test',
  'eu.team.test',
])('a request that names this machine is answered: %j', async (Host) => {
  expect(await statusOf({ headers: { Host } })).toBe(200);
});

describe('a request that a web page makes', () => {
  it.each([
    [{ Origin: 'https://evil.test' }, 403],
    [{ Origin: 'http://evil.test:4566' }, 403],
    [{ Origin: 'http://localhost.evil.test' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'file://' }, 403],
    [{ Origin: 'chrome-extension://localhost' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Referer: 'http://evil.test/page' }, 403],
    [{ Origin: 'http://localhost:3000' }, 200],
    [{ Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' }, 200],
    [{ Referer: 'http://localhost:3000/page' }, 200],
    [{ 'Sec-Fetch-Site': 'none' }, 200],
    [{ 'Sec-Fetch-Site': 'same-origin' }, 200],
  ])('is asked where the page is from: %j', async (headers: Record<string, string>, status) => {
    expect(await statusOf({ headers })).toBe(status);
    expect(await statusOf({ headers, path: '/_pubsub/health' })).toBe(status);
    expect(await statusOf({ headers, path: '/_pubsub/reset', method: 'POST' })).toBe(status);
  });
});

describe('an engine with a token', () => {
  let guarded: TestEngine;
  beforeAll(async () => {
    guarded = await startEngine({ host: '0.0.0.0', token: 's3cret' });
  });
  afterAll(() => guarded.stop());

  const ask = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(guarded.endpoint + path, { headers })).status;

  it('answers who shows it, as AWS clients and others do', async () => {
    expect(await ask('/_pubsub/health')).toBe(200);
    expect(await ask('/_pubsub/queues')).toBe(401);
    expect(await ask('/?Action=ListQueues')).toBe(401);
    expect(await ask('/?Action=ListQueues', { 'X-Amz-Security-Token': 's3cre' })).toBe(401);
    expect(await ask('/?Action=ListQueues', { 'X-Amz-Security-Token': 's3cret' })).toBe(200);
    expect(await ask('/?Action=ListQueues&X-Amz-Security-Token=s3cret')).toBe(200);
    expect(await ask('/_pubsub/queues', { Authorization: 'Bearer s3cret' })).toBe(200);
  });

  it('answers who got keys from it', async () => {
    const answer = await fetch(`${guarded.endpoint}/?Action=GetSessionToken&Version=2011-06-15`, {
      headers: { 'X-Amz-Security-Token': 's3cret' },
    });
    const [, key] = /<AccessKeyId>(\w+)/.exec(await answer.text()) ?? [];
    const signed = (id?: string) =>
      `AWS4-HMAC-SHA256 Credential=${id}/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0`;

    expect(await ask('/?Action=ListQueues', { Authorization: signed(key) })).toBe(200);
    expect(await ask('/?Action=ListQueues', { Authorization: signed('ASIAXXXX') })).toBe(401);
  });
});
