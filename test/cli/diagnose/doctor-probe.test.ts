import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTopicsCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { readQueueInsights } from '../../../src/lib/aws/observer.ts';
import { tagQueue } from '../../../src/lib/aws/tags.ts';
import { readHistory } from '../../../src/lib/aws/topic-history.ts';
import { EXPIRES_TAG_KEY } from '../../../src/lib/definition/temporary.ts';

import { inspect } from '../../../src/lib/topology/inspect.ts';
import { createTemporaryTopic } from '../../../src/lib/topology/temporary-topic.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { topicOf, urlOf } from '../../fixtures/topology.ts';
import { findings, type Patient, useWard } from './doctor.ts';

const endpoint = useEndpoint();
const ward = useWard(endpoint);
/** Slow enough to be interrupted in the middle of a probe. */
const slowEndpoint = useEndpoint({ faults: { latency: 250 } });
const slowWard = useWard(slowEndpoint);

/** Names of the topology's temporary topics and queues. */
async function temporary({ prefix, place }: Patient): Promise<string[]> {
  const start = `${prefix}-pubsub-`;
  const { Topics = [] } = await place.aws.sns.send(new ListTopicsCommand({}));
  const { QueueUrls = [] } = await place.aws.sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: start }),
  );
  return [
    ...Topics.map(({ TopicArn = '' }) => TopicArn.slice(TopicArn.lastIndexOf(':') + 1)),
    ...QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)),
  ].filter((name) => name.startsWith(start));
}

/** A probe whose temporary queues are all there. */
async function probingUnderWay({ prefix, flags }: Patient) {
  const probing = slowWard.spawn(`pubsub doctor --probe ${flags.join(' ')}`);
  const ended = new Promise<number | null>((resolve) => probing.on('exit', resolve));
  const queues = async (): Promise<number> => {
    const insights = (await readQueueInsights(slowEndpoint.aws)) ?? new Map<string, unknown>();
    return [...insights.keys()].filter((arn) => arn.includes(`:${prefix}-pubsub-probe-`)).length;
  };
  await expect.poll(queues).toBe(3);
  return { ended, kill: (signal: NodeJS.Signals) => probing.kill(signal) };
}

async function topicArnOf({ place }: Patient): Promise<string> {
  return topicOf(await inspect(place, { subscriptionAttributes: false })).arn;
}

describe('pubsub doctor --probe', () => {
  it('times each hop, shows the canary to no service, and leaves nothing', async () => {
    const patient = await ward.admit();

    const printed = await patient.examine('--probe');

    expect(findings(printed)).toEqual([]);
    const probes = printed.checks.filter(({ id }) => id === 'probe');
    expect(probes.map(({ subject }) => subject)).toEqual(['email', 'inventory', 'analytics']);
    for (const { evidence } of probes) {
      expect(evidence).toMatch(
        /^order\.created came through in \d+ ms: publish \d+ ms, topic to queue \d+ ms, out of the queue \d+ ms\.$/,
      );
    }
    expect(Reflect.get(printed, 'probe')).toMatchObject(
      ['email', 'inventory', 'analytics'].map((subscriber) => ({
        subscriber,
        outcome: 'delivered',
        publishMs: expect.any(Number),
        toQueueMs: expect.any(Number),
        totalMs: expect.any(Number),
      })),
    );
    const insights = await readQueueInsights(endpoint.aws);
    for (const { queue, dlq } of patient.place.topology.subscribers) {
      for (const name of [queue, dlq]) {
        const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
        expect(insights?.get(arn)).toMatchObject({ arrived: 0 });
      }
    }
    const history = await readHistory(endpoint.aws, await topicArnOf(patient), new Date(0));
    for await (const message of history?.messages ?? []) expect(message).toBeUndefined();
    expect(await temporary(patient)).toEqual([]);
  });

  it('goes through the same filters and raw delivery as the subscribers', async () => {
    const yaml = `subscribers:
  email: { filterPolicy: { event_type: [order.updated] } }
  inventory: { filterPolicy: { status: [pending] }, filterPolicyScope: MessageBody }
  analytics: { rawDelivery: true }
`;
    const patient = await ward.admit(
      {
        subscribers: {
          email: { filterPolicy: '{"event_type":["order.updated"]}' },
          inventory: { filterPolicy: '{"status":["pending"]}', filterPolicyScope: 'MessageBody' },
          analytics: { rawDelivery: true },
        },
      },
      yaml,
    );

    const usual = await patient.examine('--probe');
    const created = await patient.examine('--probe', '--event-type', 'order.created');

    expect(Reflect.get(usual, 'probe')).toMatchObject([
      { subscriber: 'email', outcome: 'delivered', event: 'order.updated' },
      { subscriber: 'inventory', outcome: 'delivered', event: 'order.created' },
      { subscriber: 'analytics', outcome: 'delivered', event: 'order.created', toQueueMs: null },
    ]);
    expect(Reflect.get(created, 'probe')).toMatchObject([
      { subscriber: 'email', outcome: 'filtered' },
      { subscriber: 'inventory', outcome: 'delivered' },
      { subscriber: 'analytics', outcome: 'delivered' },
    ]);
    expect(await temporary(patient)).toEqual([]);
  });

  it('sends an event without a type where the topology says nothing of its events', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'pubsub-probe-'));
    writeFileSync(
      join(cwd, 'pubsub.yaml'),
      'topics: { payments: {} }\nsubscribers: { ledger: {}, refunds: { filterPolicy: { kind: [refund] } } }\n',
    );
    const flags = `--endpoint-url ${endpoint.url} --prefix ${uniquePrefix()}`;
    await ward.paste(`pubsub setup --yes ${flags}`, cwd);

    const { stdout, code } = await ward.paste(`pubsub doctor --probe --json ${flags}`, cwd);

    expect(code).toBe(0);
    expect(JSON.parse(stdout).probe).toMatchObject([
      { subscriber: 'ledger', outcome: 'delivered', event: 'an event without a type' },
      { subscriber: 'refunds', outcome: 'filtered', expected: false },
    ]);
    rmSync(cwd, { recursive: true });
  });

  it('works on a FIFO topic', async () => {
    const patient = await ward.admit({ fifo: true }, 'fifo: true\n');

    const printed = await patient.examine('email', '--probe');

    expect(Reflect.get(printed, 'probe')).toMatchObject([{ outcome: 'delivered' }]);
    expect(await temporary(patient)).toEqual([]);
  });

  it('meets what the topic policy forbids, and removes its copy all the same', async () => {
    const patient = await ward.admit();
    const topicArn = await topicArnOf(patient);
    const statement = { Sid: 'frozen', Effect: 'Deny', Principal: '*', Resource: topicArn };
    await endpoint.aws.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ ...statement, Action: ['sns:Publish', 'sns:DeleteTopic'] }],
        }),
      }),
    );

    const printed = await patient.examine('email', '--probe');

    expect(findings(printed).map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'topic-policy fail',
      'probe fail',
    ]);
    expect(await temporary(patient)).toEqual([]);
  });

  it('removes everything when it is interrupted', async () => {
    const patient = await slowWard.admit();
    const probing = await probingUnderWay(patient);
    probing.kill('SIGINT');

    expect(await probing.ended).toBe(130);
    expect(await temporary(patient)).toEqual([]);
  });

  it('is swept by the next one when it was killed, and by cleanup at once', async () => {
    const patient = await slowWard.admit();
    const killed = await probingUnderWay(patient);
    killed.kill('SIGKILL');
    await killed.ended;
    const [topic = '', ...queues] = await temporary(patient);
    expect(queues).toHaveLength(3);
    for (const name of queues) {
      const url = await urlOf(patient.place, name);
      await tagQueue(slowEndpoint.aws, url, { [EXPIRES_TAG_KEY]: '2020-01-01T00:00:00.000Z' });
    }

    await patient.examine('email', '--probe');
    // The topic's own time hasn't come.
    expect(await temporary(patient)).toEqual([topic]);

    const { code } = await slowWard.paste(`pubsub cleanup --yes ${patient.flags.join(' ')}`);
    expect(code).toBe(0);
    expect(await temporary(patient)).toEqual([]);
  });

  it('removes the copy where it can not be made like the topic', async () => {
    const patient = await ward.admit();

    await expect(
      createTemporaryTopic({
        aws: endpoint.aws,
        topology: patient.place.topology,
        topicArn: await topicArnOf(patient),
        attributes: { Policy: '{"Statement":[{"Effect":"Perhaps"}]}' },
        purpose: 'probe',
        lifetime: 60,
      }),
    ).rejects.toThrow();

    expect(await temporary(patient)).toEqual([]);
  });
});
