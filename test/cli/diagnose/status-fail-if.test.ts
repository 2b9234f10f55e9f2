import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
const prefix = uniquePrefix();
let flags: string[] = [];

beforeAll(async () => {
  flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
  const place = await newPlace(endpoint, prefix);
  await fanOutAt(place);
  const { queue, dlq } = subscriber(place, 'inventory');
  for (const name of [queue, queue, dlq]) {
    const QueueUrl = await urlOf(place, name);
    await place.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  }
});

const status = (conditions: readonly string[], ...more: string[]) =>
  runMain(
    ['status', ...conditions.flatMap((each) => ['--fail-if', each]), ...flags, ...more],
    pubsub.env,
  );

describe('pubsub status --fail-if', () => {
  it('exits 3 with a sentence for each condition that holds, after the table', async () => {
    const { stdout, stderr, code } = await pubsub.run([
      'status',
      ...['--fail-if', 'dlq>0', '--fail-if', 'depth>=2', '--fail-if', 'email.depth>100'],
      ...flags,
    ]);

    expect(code).toBe(3);
    expect(stdout).toMatch(/^inventory +yes +2 /m);
    expect(stderr.split('\n').filter((line) => line.includes('--fail-if'))).toEqual([
      "! inventory: dlq is 1 (--fail-if 'dlq>0').",
      "! inventory: depth is 2 (--fail-if 'depth>=2').",
    ]);
  });

  it('exits 0 where none holds, and says them with --quiet too', async () => {
    expect(await status(['email.dlq>0', 'depth>2', 'subscribed=false'])).toMatchObject({ code: 0 });
    const { code, stderr } = await status(['dlq>0'], '--quiet');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: "! inventory: dlq is 1 (--fail-if 'dlq>0').\n",
    });
  });

  it('puts them into the document', async () => {
    const { stdout, code } = await status(['dlq>0', 'email.depth>0'], '--json');

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      subscribers: [{ name: 'email' }, { name: 'inventory', dlqDepth: 1 }, { name: 'analytics' }],
      failed: [
        {
          condition: 'dlq>0',
          subscriber: 'inventory',
          field: 'dlq',
          value: 1,
          verdict: 'met',
          reason: null,
        },
      ],
    });
  });

  it('knows the age on the engine, and says where nobody tells it', async () => {
    const { code, stderr } = await status(['email.age>1h']);

    expect(code).toBe(isIndependent ? 3 : 0);
    expect(stderr.includes('email: age is unknown, SQS does not tell it')).toBe(isIndependent);
  });

  it('does not pass where there is nothing to look at', async () => {
    const { code, stdout, stderr } = await runMain(
      ['status', '--fail-if', 'email.dlq>0', '--endpoint-url', endpoint.url, '--prefix', 'gone'],
      pubsub.env,
    );

    expect(code).toBe(3);
    expect(stdout).toContain('Nothing is set up.');
    expect(stderr).toContain(
      "! email: dlq is unknown, there is no dead-letter queue (--fail-if 'email.dlq>0').",
    );
  });

  it('refuses what is not a condition with the list of fields, before anything is asked', async () => {
    const { code, stderr } = await status(['dpeth>1', 'dlq>0']);

    expect(code).toBe(2);
    expect(stderr).toBe(
      '✗ Unknown field "dpeth" in "dpeth>1". Did you mean "depth"?\n' +
        "  Such as --fail-if 'dlq>0' or --fail-if 'ledger.age>5m'. Fields: depth, inFlight, delayed, dlq, age, subscribed, consumers.\n",
    );
  });
});
