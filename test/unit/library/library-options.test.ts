import { describe, expect, it } from 'vitest';
import { queueNames } from '../../../src/lib/definition/topology.ts';
import { createPublisher } from '../../../src/library/publisher.ts';
import { setUpTopology } from '../../../src/library/set-up.ts';
import { createSubscriber } from '../../../src/library/subscriber.ts';
import { tearDownTopology } from '../../../src/library/tear-down.ts';
import { defineTopology } from '../../../src/library/topology.ts';
import { loadTopology, saveTopology } from '../../../src/library/topology-file.ts';

const queue = { name: 'email', queueUrl: 'http://127.0.0.1:1/111122223333/q' };
const topic = { topicArn: 'arn:aws:sns:us-east-1:111122223333:t' };

describe('options of createSubscriber', () => {
  it.each([
    ['concurrency', [0, -1, 1.5, 1001, Number.NaN, '10', null], [1, 1000]],
    ['timeout', [0, -1, 43_201, Number.NaN, Number.POSITIVE_INFINITY, '5'], [0.5, 43_200]],
    ['retryDelay', [-1, 43_201, Number.NaN], [0, 43_200]],
    ['waitSeconds', [-1, 21, 1.5, Number.NaN], [0, 20]],
    ['retryFor', [-1, Number.NaN], [0, 1e6]],
    ['dedupeStore', [5, {}], ['file']],
    ['keepReasons', ['yes', 1], [true, false]],
    ['onMessage', ['log'], [() => {}]],
    ['target', ['asw'], ['local', 'aws']],
  ])('refuse what the flag refuses: %s', (name, bad, good) => {
    for (const value of bad) {
      const create = () => createSubscriber({ ...queue, [name]: value } as never);
      expect(create).toThrow(`${name} of createSubscriber must be`);
    }
    for (const value of [...good, undefined]) {
      createSubscriber({ ...queue, [name]: value } as never);
    }
  });

  it('name a misspelt one', () => {
    expect(() => createSubscriber({ ...queue, concurency: 5 } as never)).toThrow(
      'createSubscriber has no option "concurency". Did you mean "concurrency"?',
    );
  });
});

describe('options of createPublisher', () => {
  it.each([
    ['linger', [-1, Number.NaN, '5'], [0, 5]],
    ['retryFor', [-1, Number.NaN], [0]],
    ['format', ['json'], ['pubsub', 'cloudevents']],
    ['ifUnconfigured', ['ignore'], ['throw', 'log']],
  ])('refuse what makes no sense: %s', (name, bad, good) => {
    for (const value of bad) {
      const create = () => createPublisher({ ...topic, [name]: value } as never);
      expect(create).toThrow(`${name} of createPublisher must be`);
    }
    for (const value of good) createPublisher({ ...topic, [name]: value } as never);
  });

  it('name a misspelt one', () => {
    expect(() => createPublisher({ ...topic, retryfor: 5 } as never)).toThrow('"retryFor"');
  });
});

describe('every other function', () => {
  const topology = defineTopology({ name: 'shop', subscribers: { mail: {} } });
  const publisher = createPublisher({ ifUnconfigured: 'log', log: () => undefined });
  const subscriber = createSubscriber(queue);
  const settings = { name: 'shop', subscribers: {} } as never;

  it.each<[string, () => unknown, string]>([
    [
      'a misspelt option of setUpTopology',
      () => setUpTopology(topology, { adpot: true } as never),
      'setUpTopology has no option "adpot". Did you mean "adopt"?',
    ],
    [
      'a misspelt option of tearDownTopology, which would reach another target',
      () => tearDownTopology(topology, { endpointURL: 'http://127.0.0.1:1' } as never),
      'tearDownTopology has no option "endpointURL". Did you mean "endpointUrl"?',
    ],
    [
      'a misspelt option of loadTopology',
      () => loadTopology('pubsub.yaml', { prefx: 'a' } as never),
      'loadTopology has no option "prefx". Did you mean "prefix"?',
    ],
    [
      'a misspelt option of saveTopology',
      () => saveTopology('/nowhere/pubsub.yaml', topology, { overwrit: true } as never),
      'saveTopology has no option "overwrit". Did you mean "overwrite"?',
    ],
    [
      'a misspelt option of publish',
      () => publisher.publish('paid', {}, { atributes: {} } as never),
      'publish has no option "atributes". Did you mean "attributes"?',
    ],
    [
      'a misspelt option of stop',
      () => subscriber.stop({ abrt: true } as never),
      'stop has no option "abrt". Did you mean "abort"?',
    ],
    [
      'a value that is none',
      () => setUpTopology(topology, { adopt: 'yes' } as never),
      'adopt of setUpTopology must be true or false, not "yes".',
    ],
    [
      'a region that is no text',
      () => tearDownTopology(topology, { region: 5 } as never),
      'region of tearDownTopology must be a text, not 5.',
    ],
    [
      'the settings of a topology in place of one',
      () => setUpTopology(settings),
      'topology of setUpTopology must be a topology from defineTopology or loadTopology, not an object.',
    ],
    [
      'no topology',
      () => tearDownTopology(undefined as never),
      'topology of tearDownTopology must be',
    ],
    [
      'nothing to save',
      () => saveTopology('x', undefined as never),
      'topology of saveTopology must be',
    ],
    [
      'settings in a subscriber',
      () => createSubscriber({ name: 'mail', topology: settings }),
      'topology of',
    ],
    ['no path', () => loadTopology(undefined as never), 'path of loadTopology must be a text'],
    [
      'no definition',
      () => defineTopology(undefined as never),
      'definition of defineTopology must be',
    ],
    [
      'no options',
      () => createPublisher(undefined as never),
      'options of createPublisher must be an object',
    ],
    [
      'a handler that is none',
      () => subscriber.on('paid', 'x' as never),
      'handler of on must be a function',
    ],
    [
      'a type that is none',
      () => subscriber.on('' as never, () => {}),
      'type of on must be a text',
    ],
    [
      'a store without a name',
      () => createSubscriber({ ...queue, dedupeStore: '' }),
      'dedupeStore of',
    ],
  ])('refuses %s', async (_, act, message) => {
    await expect((async () => act())()).rejects.toMatchObject({
      code: 'InvalidOption',
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['version', [0, 1.5, Number.NaN, '1'], [1, 7]],
    ['timestamp', ['yesterday', new Date(Number.NaN), 5], [new Date()]],
    ['eventId', ['', 5], ['e-1']],
    ['attributes', [5, 'a=b'], [{ a: 'b' }]],
    ['group', [5], ['g']],
  ])('of publish refuses what makes no sense: %s', async (name, bad, good) => {
    for (const value of bad) {
      await expect(publisher.publish('paid', {}, { [name]: value } as never)).rejects.toThrow(
        `${name} of publish must be`,
      );
    }
    for (const value of [...good, undefined]) {
      await publisher.publish('paid', {}, { [name]: value } as never);
    }
  });
});

it('topologies have queues of their own, whatever their subscribers are called', () => {
  const queuesOf = (name: string) =>
    defineTopology({ name, subscribers: { mail: {} } }).subscribers.flatMap(queueNames);
  expect([...queuesOf('shop'), ...queuesOf('blog')]).toEqual([
    'shop-mail-queue',
    'shop-mail-dlq',
    'blog-mail-queue',
    'blog-mail-dlq',
  ]);
});
