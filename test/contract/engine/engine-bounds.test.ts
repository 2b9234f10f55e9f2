import { expect, it } from 'vitest';
import { cpuTime } from '../../fixtures/cpu-time.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';

const endpoint = useEndpoint();

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(endpoint.url, { method: 'POST', body, headers });

it.skipIf(isIndependent).each([
  ['brackets', '['.repeat(5_000_000)],
  ['brackets in a member', `{"QueueUrl":${'['.repeat(5_000_000)}`],
  ['objects', '{"a":'.repeat(1_000_000)],
])('answers millions of %s at once', async (_, body) => {
  const used = await cpuTime(async () => {
    const answer = await post(body, { 'X-Amz-Target': 'AmazonSQS.SendMessage' });
    expect(answer.status).toBe(400);
  });
  expect(used).toBeLessThan(2000);
});

it.skipIf(isIndependent)(
  'takes thousands of parameters, and refuses millions at once',
  async () => {
    const many = (count: number) =>
      `Action=ListQueues${Array.from({ length: count - 1 }, (_, at) => `&A.${at}.b=1`).join('')}`;
    expect((await post(many(10_000))).status).toBe(200);
    expect((await post(many(10_001))).status).toBe(413);

    const million = many(1_000_000);
    const used = await cpuTime(async () => expect((await post(million)).status).toBe(413));
    expect(used).toBeLessThan(3000);
  },
);

it.skipIf(isIndependent)('answers what suites call on other engines', async () => {
  const ask = async (path: string, method = 'GET', headers: Record<string, string> = {}) => {
    const answer = await fetch(endpoint.url + path, { method, headers });
    return { status: answer.status, text: await answer.text() };
  };
  await ask('/?Action=CreateQueue&QueueName=q');
  await ask('/000000000000/q?Action=SendMessage&MessageBody=%3Cb%3E');

  const health = JSON.parse((await ask('/_localstack/health')).text);
  expect(health.services).toMatchObject({ sqs: 'running', sns: 'running', lambda: 'running' });
  const path = '/_aws/sqs/messages/us-east-1/000000000000/q';
  expect((await ask(path)).text).toContain('<Body>&lt;b&gt;</Body>');
  const json = await ask(path, 'GET', { Accept: 'application/json' });
  expect(JSON.parse(json.text)).toMatchObject({
    ReceiveMessageResponse: { ReceiveMessageResult: { Message: [{ Body: '<b>' }] } },
  });
  const byUrl = await ask(`/_aws/sqs/messages?QueueUrl=${endpoint.url}/000000000000/q`);
  expect(byUrl.text).toContain('<Body>');
  expect((await ask('/_localstack/state/reset', 'POST')).status).toBe(200);
  expect((await ask(path)).status).toBe(404);
  expect(await ask('/moto-api/reset', 'POST')).toMatchObject({
    status: 200,
    text: '{"status":"ok"}\n',
  });
  expect((await ask('/_localstack/chaos/faults', 'POST')).status).toBe(404);
  expect((await ask('/moto-api/reset', 'POST', { Origin: 'http://evil.test' })).status).toBe(403);
});
