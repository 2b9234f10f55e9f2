import { describe, expect, it } from 'vitest';
import { chooseTopic } from '../../../src/lib/definition/find.ts';
import { topologyTags } from '../../../src/lib/definition/topology.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { allowTopic } from '../../../src/lib/rules/policy/document.ts';
import type { Observed, ObservedQueue } from '../../../src/lib/topology/inspect.ts';
import { takenOver } from '../../../src/lib/topology/ownership.ts';
import { pending, plan } from '../../../src/lib/topology/plan.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';

const topology = ordersTopology('');
const tags = topologyTags(topology);
const topicArn = `arn:aws:sns:us-east-1:111111111111:${chooseTopic(topology, undefined).name}`;
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:111111111111:${name}`;
const [email] = topology.subscribers;
if (!email?.dlq) throw new Error('the topology has no subscribers');

function queue(name: string, attributes: Record<string, string>): ObservedQueue {
  const arn = queueArn(name);
  return { name, url: `http://q/${name}`, arn, attributes, tags };
}

/** A topology as AWS shows it when nothing differs. */
function settled(): Observed {
  const queues = topology.subscribers.flatMap((spec) => [
    queue(spec.dlq ?? '', {
      VisibilityTimeout: '30',
      ReceiveMessageWaitTimeSeconds: '0',
      MessageRetentionPeriod: '1209600',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
    }),
    queue(spec.queue, {
      VisibilityTimeout: '30',
      ReceiveMessageWaitTimeSeconds: '20',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      MaximumMessageSize: '262144',
      // AWS answers with text where it was given a number, and with keys in another order.
      RedrivePolicy: `{"maxReceiveCount":"3","deadLetterTargetArn":"${queueArn(spec.dlq ?? '')}"}`,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [allowTopic(topicArn, queueArn(spec.queue))],
      }),
    }),
  ]);
  return {
    topics: topicsWith({}),
    queues: new Map(queues.map((each) => [each.name, each])),
    strays: [],
  };
}

/** The topic, its subscriptions with these attributes. */
function topicsWith(attributes: Record<string, string>): Observed['topics'] {
  const subscriptions = topology.subscribers.map((spec) => ({
    arn: `${topicArn}:${spec.name}`,
    topicArn,
    protocol: 'sqs',
    endpoint: queueArn(spec.queue),
    attributes,
  }));
  const topic = { arn: topicArn, exists: true, attributes: { DisplayName: '' }, tags };
  return new Map([['order-events', { ...topic, subscriptions }]]);
}

function withQueue(name: string, change: Partial<ObservedQueue>): Observed {
  const observed = settled();
  const found = observed.queues.get(name);
  if (!found) throw new Error(name);
  const queues = new Map(observed.queues).set(name, { ...found, ...change });
  return { ...observed, queues };
}

const withAttributes = (name: string, attributes: Record<string, string>): Observed =>
  withQueue(name, {
    attributes: { ...settled().queues.get(name)?.attributes, ...attributes },
  });

describe('a plan', () => {
  it('has a change for each of the thirteen resources, in the order in which they are made', () => {
    const nothing = { exists: false, attributes: {}, tags: {}, subscriptions: [] };
    const changes = plan(topology, {
      topics: new Map([['order-events', { arn: topicArn, ...nothing }]]),
      queues: new Map(),
      strays: [],
    });

    expect(changes.map(({ action }) => action)).toEqual(Array(13).fill('create'));
    expect([...new Set(changes.map(({ type }) => type))]).toEqual([
      'topic',
      'dlq',
      'queue',
      'policy',
      'subscription',
    ]);
  });

  it('is empty where nothing differs', () => {
    expect(pending(plan(topology, settled()))).toEqual([]);
  });

  it.each([
    ['RawMessageDelivery false', { RawMessageDelivery: 'false' }],
    ['an empty filter policy', { FilterPolicy: '{}', FilterPolicyScope: 'MessageAttributes' }],
    ['an empty redrive policy', { RedrivePolicy: '' }],
  ])('takes %s for the default', (_what, attributes) => {
    expect(pending(plan(topology, { ...settled(), topics: topicsWith(attributes) }))).toEqual([]);
  });

  it.each([
    ['{"redrivePermission":"allowAll"}', []],
    [`{"redrivePermission":"byQueue","sourceQueueArns":["${queueArn(email.queue)}"]}`, []],
    ['{"redrivePermission":"byQueue","sourceQueueArns":["arn:other"]}', ['RedriveAllowPolicy']],
    ['{"redrivePermission":"denyAll"}', ['RedriveAllowPolicy']],
  ])('opens a dead-letter queue with %s only where it shuts its queue out', (policy, settings) => {
    const changes = pending(
      plan(topology, withAttributes(email.dlq ?? '', { RedriveAllowPolicy: policy })),
    );

    expect(changes.flatMap(({ differences }) => differences.map((each) => each.setting))).toEqual(
      settings,
    );
  });

  it('tells whose a queue is by its tags', () => {
    const bare = plan(topology, withQueue(email.queue, { tags: { team: 'checkout' } }));
    const changed = plan(
      topology,
      withQueue(email.queue, { tags: { ...tags, 'managed-by': 'terraform' } }),
    );

    expect(takenOver(bare).map(({ name }) => name)).toEqual([email.queue]);
    expect(takenOver(changed).map(({ name }) => name)).toEqual([email.queue]);
    expect(pending(changed)[0]?.differences).toEqual([
      {
        setting: 'tags',
        from: 'managed-by=terraform pubsub:topology=orders',
        to: 'managed-by=pubsub pubsub:topology=orders',
      },
    ]);
  });

  it('names the queue whose policy nothing can be merged into', () => {
    const observed = withAttributes(email.queue, { Policy: '[not a policy' });

    expect(() => plan(topology, observed)).toThrow(AppError);
    expect(() => plan(topology, observed)).toThrow(email.queue);
  });
});
