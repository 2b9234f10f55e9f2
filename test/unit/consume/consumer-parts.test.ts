import { setTimeout as sleep } from 'node:timers/promises';
import { Chalk } from 'chalk';
import { stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { createCapacity } from '../../../src/lib/consume/capacity.ts';
import { createCollector } from '../../../src/lib/consume/collector.ts';
import { readDelivery } from '../../../src/lib/consume/delivery.ts';
import { messageReader } from '../../../src/lib/events/message-reader.ts';
import { consumedRecord, renderConsumed } from '../../../src/lib/ui/listen.ts';
import { createOrderEvent, orderMessage, serializeOrderEvent } from '../../fixtures/orders.ts';

const plain = new Chalk({ level: 0 });
const event = createOrderEvent('order.created', { order_id: 3, user_id: 1, total: '75.00' });
const message = {
  messageId: 'm',
  receiptHandle: 'r',
  receiveCount: 1,
  groupId: undefined,
  traceHeader: undefined,
  attributes: {},
};
const place = { subscriber: 'email', queueUrl: 'http://localhost/q' };

describe('capacity', () => {
  it('begins with what handlers are free for', () => {
    const capacity = createCapacity(4, () => 30);
    expect(capacity.room(0)).toBe(4);
    expect(capacity.enough(3)).toBe(true);
    expect(capacity.enough(4)).toBe(false);
  });

  it('takes full batches ahead of fast handlers', () => {
    const capacity = createCapacity(1, () => 30);
    capacity.took(1);
    expect(capacity.room(1)).toBe(10);
    expect(capacity.enough(1)).toBe(true);
    expect(capacity.enough(2)).toBe(false);
  });

  it('takes nothing ahead of slow ones, and learns at once that they got slow', () => {
    const capacity = createCapacity(2, () => 30);
    capacity.took(1);
    expect(capacity.room(0)).toBe(10);
    capacity.took(20_000);
    expect(capacity.room(0)).toBe(2);
  });

  it('takes nothing ahead where messages are never hidden', () => {
    const capacity = createCapacity(2, () => 0);
    capacity.took(1);
    expect(capacity.room(0)).toBe(2);
  });
});

describe('collector', () => {
  it('sends full batches at once, the rest when it isStillVisible, and waits for all of it', async () => {
    const sent: number[][] = [];
    let arrived = 0;
    const collector = createCollector<number>({ entries: 3, linger: 20 }, async (batch) => {
      sent.push([...batch]);
      await sleep(10);
      arrived += batch.length;
    });
    for (let item = 1; item <= 7; item++) collector.add(item);
    expect(sent).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await sleep(60);
    expect(sent).toHaveLength(3);
    collector.add(8);
    await collector.flush();
    expect(sent.at(-1)).toEqual([8]);
    expect(arrived).toBe(8);
  });
});

describe('reading a delivery', () => {
  it('finds the event in an envelope and in a raw body', () => {
    const text = serializeOrderEvent(event);
    const envelope = JSON.stringify({
      Type: 'Notification',
      MessageId: 'sns',
      TopicArn: 'arn:aws:sns:us-east-1:1:t',
      Message: text,
    });
    expect(readDelivery({ ...message, body: text }, place, messageReader())).toMatchObject({
      event: orderMessage(event),
    });
    expect(readDelivery({ ...message, body: envelope }, place, messageReader())).toMatchObject({
      event: orderMessage(event),
      facts: {
        subscriber: 'email',
        messageId: 'm',
        eventId: event.event_id,
        topicArn: 'arn:aws:sns:us-east-1:1:t',
      },
    });
  });

  it.each(['', 'null', '[]', '{}', '{"order_id":1', `${'['.repeat(20_000)}`])(
    'takes a body of any kind: %.20s',
    (body) => {
      expect(readDelivery({ ...message, body }, place, messageReader())).toMatchObject({
        event: { id: 'm', type: undefined, text: body },
      });
    },
  );

  it('tells what breaks the schema of its type', () => {
    const refusing = messageReader(({ type }) => (type === 'order.created' ? 'no' : undefined));
    expect(readDelivery({ ...message, body: '{}' }, place, refusing)).toHaveProperty('facts');
    const body = serializeOrderEvent(event);
    expect(readDelivery({ ...message, body }, place, refusing)).toEqual({
      event: null,
      text: body,
      reason: 'This is not a valid order.created: no.',
    });
  });
});

describe('how a message is shown', () => {
  const consumed = {
    subscriber: 'email',
    messageId: 'm',
    receiveCount: 2,
    ms: 12,
    eventId: 'e',
  } as const;

  it('keeps the total as it was published', () => {
    const record = consumedRecord({ ...consumed, event: orderMessage(event), outcome: 'handled' });
    expect(stringify(record)).toContain('"total":75.00');
    expect(Object.keys(record)).toEqual([
      'subscriber',
      'messageId',
      'event',
      'outcome',
      'receiveCount',
      'ms',
    ]);
  });

  it('lets no control character of a body through', () => {
    const lines = renderConsumed(
      {
        ...consumed,
        event: null,
        outcome: 'invalid',
        reason: 'This is not an order event.',
        body: 'a\u001b[2Jb\nc',
      },
      [],
      plain,
    );
    expect(lines).toEqual([
      'email     │ ✗ This is not an order event.',
      'email     │    Left in the queue (receive 2): a\\u{1b}[2Jb\\u{a}c',
    ]);
  });

  it('wraps a long reason to the terminal, under its subscriber', () => {
    const reason = `This is not an order event: ${'word '.repeat(30)}${'x'.repeat(120)}`;
    const lines = renderConsumed(
      { ...consumed, event: null, outcome: 'invalid', reason, body: 'b' },
      [],
      plain,
      80,
    );
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).toMatch(/^email {5}│ /);
    }
    expect(lines.join('').match(/word/g)).toHaveLength(30);
    expect(lines.join('').match(/x/g)).toHaveLength(120);
  });

  it('puts every line of a reason under its subscriber', () => {
    const lines = renderConsumed(
      {
        ...consumed,
        event: orderMessage(event),
        outcome: 'failed',
        reason: 'exit code 3\ndisk full',
      },
      [],
      plain,
    );
    expect(lines).toEqual([
      'email     │ ✗ order.created of order 3 failed (receive 2): exit code 3',
      'email     │    disk full',
    ]);
  });
});
