import { SetSubscriptionAttributesCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { listTopicSubscriptions } from '../../../src/lib/aws/subscriptions.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

interface Explained {
  readonly judgedBy: string;
  readonly subscribers: readonly {
    readonly name: string;
    readonly delivered: boolean;
    readonly obstacles: readonly { readonly by: string; readonly words: string }[];
  }[];
}

describe('explain asks the target', () => {
  const pubsub = usePubsub();
  const endpoint = useEndpoint();

  const at = (place: Place): string[] => [
    ...['--endpoint-url', endpoint.url, '--region', 'us-east-1'],
    ...['--prefix', place.topology.prefix],
  ];
  async function explained(place: Place, ...more: readonly string[]): Promise<Explained> {
    return (await pubsub.json(['explain', 'order.created', ...at(place), ...more])).doc;
  }
  async function subscriptionOf(place: Place, name: string): Promise<string> {
    const topicArn = `arn:aws:sns:us-east-1:${place.identity.account}:${place.topology.topics[0]?.name}`;
    const found = (await listTopicSubscriptions(place.aws, topicArn)) ?? [];
    const { queue } = subscriber(place, name);
    return found.find(({ endpoint: to }) => to.endsWith(`:${queue}`))?.arn ?? '';
  }

  it('is never better than what is set up', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    await place.aws.sns.send(
      new UnsubscribeCommand({ SubscriptionArn: await subscriptionOf(place, 'email') }),
    );
    await place.aws.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: await urlOf(place, subscriber(place, 'inventory').queue),
        Attributes: { Policy: '' },
      }),
    );
    await place.aws.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: await subscriptionOf(place, 'analytics'),
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"event_type":["order.updated"]}',
      }),
    );
    const { judgedBy, subscribers } = await explained(place);
    expect(judgedBy).toBe('target');
    expect(
      subscribers.map(({ name, delivered, obstacles }) => [name, delivered, obstacles[0]?.by]),
    ).toEqual([
      ['email', false, 'subscription'],
      ['inventory', false, 'queue policy'],
      ['analytics', false, 'filter policy'],
    ]);
    const offline = await explained(place, '--offline');
    expect(offline.judgedBy).toBe('file');
    expect(offline.subscribers.map(({ delivered }) => delivered)).toEqual([true, true, true]);
  });

  it('leads to doctor for a filter that is not the one of the file, and for no other', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const fixes = async (): Promise<boolean> =>
      (await pubsub.run(['explain', 'order.created', ...at(place)])).stderr.includes(
        'What fixes it: pubsub doctor',
      );
    expect(await fixes()).toBe(false);
    await place.aws.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: await subscriptionOf(place, 'analytics'),
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"event_type":["order.updated"]}',
      }),
    );
    expect(await fixes()).toBe(true);
  });

  it('says yes where everything is as it should be', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const { subscribers } = await explained(place);
    expect(subscribers.map(({ delivered }) => delivered)).toEqual([true, true, true]);
  });

  it('counts the live raw delivery, which carries ten attributes', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    await place.aws.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: await subscriptionOf(place, 'email'),
        AttributeName: 'RawMessageDelivery',
        AttributeValue: 'true',
      }),
    );
    const attributes = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => ['--attribute', `a${index}=x`]).flat();
    // With event_type there is one more.
    const ten = await explained(place, ...attributes(9), '--subscriber', 'email');
    expect(ten.subscribers[0]?.delivered).toBe(true);
    const eleven = await explained(place, ...attributes(10), '--subscriber', 'email');
    expect(eleven.subscribers[0]?.obstacles.map(({ by }) => by)).toEqual(['raw delivery']);
  });

  it('says that nothing is there where nothing is set up', async () => {
    const place = await newPlace(endpoint);
    const { code, doc } = await pubsub.json([
      'explain',
      'order.created',
      ...at(place),
      '--exit-code',
    ]);
    expect(code).toBe(3);
    expect((doc as Explained).subscribers[0]?.obstacles[0]?.by).toBe('topic');
  });

  it('starts no engine to look for a topology that nobody here knows, with --offline', async () => {
    const { code, stderr } = await pubsub.run([
      ...['explain', 'order.created', '--offline', '--topology', 'nowhere', '--target', 'local'],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('There is no topology "nowhere" here, and the target is not asked');
    expect(stderr).toContain('Leave --offline out, or choose one of: orders');
    expect((await pubsub.run(['local', 'status'])).code).toBe(3);
  });

  it('judges the file where no engine runs, starts none, and says so', async () => {
    const { stderr, code } = await pubsub.run(['explain', 'order.created']);
    expect(code).toBe(0);
    expect(stderr).toContain('The local engine does not run: judged by the file alone.');
    expect((await pubsub.run(['local', 'status', '--json'])).stdout).toContain('"running": false');
  });
});
