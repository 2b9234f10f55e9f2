import { describe, expect, it } from 'vitest';
import { queueNames } from '../../../src/lib/definition/topology.ts';
import { createPublisher } from '../../../src/library/publisher.ts';
import { createSubscriber } from '../../../src/library/subscriber.ts';
import { defineTopology } from '../../../src/library/topology.ts';

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
