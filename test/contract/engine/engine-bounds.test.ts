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
