import { describe, expect, it } from 'vitest';
import { MessageIndex } from '../../../src/lib/dashboard/live/message-index.ts';
import { rowOf } from '../../../src/lib/dashboard/live/message-row.ts';
import type { MessageEvent } from '../../../src/lib/rules/message-trace.ts';

const PLACE = { account: '000000000000', region: 'us-east-1' };
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:payments';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:ledger';
const DLQ = `${QUEUE}-dlq`;
const DIGEST = 7;

const published = (id: string, time = 1): MessageEvent => ({
  kind: 'published',
  time,
  ...PLACE,
  messageId: id,
  topicArn: TOPIC,
  subscriptions: 1,
});
const delivered = (id: string, time = 1): MessageEvent => ({
  kind: 'delivered',
  time,
  ...PLACE,
  messageId: `q-${id}`,
  topicMessageId: id,
  topicArn: TOPIC,
  subscriptionArn: `${TOPIC}:1`,
  queueArn: QUEUE,
});
const inQueue = (
  kind: 'received' | 'deleted',
  messageId: string,
  queueArn = QUEUE,
): MessageEvent => ({
  ...PLACE,
  time: 2,
  messageId,
  queueArn,
  ...(kind === 'received'
    ? { kind, receiveCount: 1, userAgent: 'test', hiddenUntil: 10 }
    : { kind, by: 'consumer' as const }),
});
const deadLettered = (messageId: string): MessageEvent => ({
  kind: 'dead-lettered',
  time: 3,
  ...PLACE,
  messageId,
  queueArn: QUEUE,
  deadLetterArn: DLQ,
  receiveCount: 3,
  bodyDigest: DIGEST,
});
const sent = (messageId: string): MessageEvent => ({
  kind: 'sent',
  time: 4,
  ...PLACE,
  messageId,
  queueArn: QUEUE,
  bodyDigest: DIGEST,
});

function indexOf(events: readonly MessageEvent[]): MessageIndex {
  const index = new MessageIndex();
  for (const [at, event] of events.entries()) index.add(event, at + 1);
  return index;
}
const outcomes = (index: MessageIndex) =>
  index.newestFirst().map((known) => {
    const { id, branches } = rowOf(known, 5, new Map([['ledger', 'accounting']]));
    return [id, ...branches.map(({ outcome, receives }) => `${outcome} ${receives}`)];
  });

describe('what a subscription did of late', () => {
  const ARN = `${TOPIC}:1`;
  const filtered = (id: string, clause = 'a'): MessageEvent => ({
    kind: 'filtered',
    time: 1,
    ...PLACE,
    messageId: id,
    topicArn: TOPIC,
    subscriptionArn: ARN,
    clause,
    scope: 'MessageAttributes',
  });

  it('is what it filtered since it delivered the last one', () => {
    const index = indexOf([filtered('a'), delivered('b'), filtered('c'), filtered('d', 'b')]);
    expect(index.traffic(ARN, '{}')).toMatchObject({
      delivers: true,
      filteredInRow: 2,
      clause: 'b',
    });
    expect(index.traffic('another', '{}')).toBeUndefined();
  });

  it('is counted anew under another filter policy', () => {
    const index = indexOf([delivered('a')]);
    expect(index.traffic(ARN, undefined)).toMatchObject({ delivers: true, filteredInRow: 0 });
    expect(index.traffic(ARN, '{"a":["b"]}')).toBeUndefined();
    index.add(filtered('b'), 2);
    expect(index.traffic(ARN, '{"a":["b"]}')).toMatchObject({ delivers: false, filteredInRow: 1 });
    expect(index.traffic(ARN, undefined)).toBeUndefined();
  });
});

describe('the messages that a page knows', () => {
  it('follows one from the topic through its queue', () => {
    const events = [published('a'), delivered('a')];
    expect(outcomes(indexOf(events))).toEqual([['a', 'waiting 0']]);
    events.push(inQueue('received', 'q-a'));
    expect(outcomes(indexOf(events))).toEqual([['a', 'hidden 1']]);
    events.push(inQueue('deleted', 'q-a'));
    const index = indexOf(events);
    expect(outcomes(index)).toEqual([['a', 'handled 1']]);
    const [known] = index.newestFirst();
    expect(known && rowOf(known, 5, new Map([['ledger', 'accounting']]))).toMatchObject({
      topic: 'payments',
      preview: null,
      complete: true,
      branches: [{ queue: 'ledger', subscriber: 'accounting' }],
    });
  });

  it('knows a dead letter again that was sent back under another id', () => {
    const dead = [published('a'), delivered('a'), inQueue('received', 'q-a'), deadLettered('q-a')];
    expect(outcomes(indexOf(dead))).toEqual([['a', 'dead 1']]);
    const back = [...dead, sent('again'), inQueue('deleted', 'again')];
    expect(outcomes(indexOf(back))).toEqual([['a', 'handled 1']]);
    const moved: MessageEvent = {
      kind: 'moved',
      time: 4,
      ...PLACE,
      messageId: 'q-a',
      queueArn: DLQ,
      destinationArn: QUEUE,
      newMessageId: 'moved',
    };
    expect(outcomes(indexOf([...dead, moved]))).toEqual([['a', 'waiting 1']]);
    expect(outcomes(indexOf([...dead, moved, inQueue('deleted', 'moved')]))).toEqual([
      ['a', 'handled 1'],
    ]);
    // Without a dead letter of this body it is a message of its own.
    expect(outcomes(indexOf([sent('own')]))).toEqual([['own', 'waiting 0']]);
  });

  it('leaves out what happened to messages whose beginning it does not know', () => {
    const index = indexOf([delivered('x'), inQueue('received', 'q-x'), published('a')]);
    expect(outcomes(index)).toEqual([['a']]);
  });

  it.each([
    ['messages', { messages: 2, events: 100, characters: 100 }],
    ['events', { messages: 100, events: 5, characters: 100 }],
    ['characters', { messages: 100, events: 100, characters: 20 }],
  ])('keeps the newest within its bound of %s', (_what, limits) => {
    const index = new MessageIndex(limits);
    const text = (messageId: string) => ({
      messageId,
      topicArn: TOPIC,
      time: new Date(1),
      body: '0123456789',
      subject: undefined,
      attributes: {},
      groupId: undefined,
      deduplicationId: undefined,
      sequenceNumber: undefined,
    });
    for (const [at, id] of ['a', 'b', 'c'].entries()) {
      index.add(published(id), at * 2 + 1);
      index.addText(text(id));
      index.add(delivered(id), at * 2 + 2);
    }
    expect(index.newestFirst().map(({ id }) => id)).toEqual(['c', 'b']);
    expect(index.add(inQueue('received', 'q-a'), 7)).toBeUndefined();
    expect(index.add(inQueue('received', 'q-c'), 8)?.id).toBe('c');
  });

  it('stays within its bounds at a hundred thousand messages', () => {
    const index = new MessageIndex();
    for (let n = 0; n < 100_000; n += 1) {
      index.add(published(`m${n}`, n), n * 2 + 1);
      index.add(delivered(`m${n}`, n), n * 2 + 2);
    }
    expect(index.size).toBe(100_000);
    index.add(published('one more', 100_000), 200_001);
    expect(index.size).toBe(100_000);
    expect(index.has('m0')).toBe(false);
    expect(index.newestFirst()).toHaveLength(100_000);
    expect(index.newestFirst()[1]?.id).toBe('m99999');
    expect(index.changedAfter(199_996, 10).map(({ id }) => id)).toEqual([
      'one more',
      'm99999',
      'm99998',
    ]);
    expect(index.changedAfter(0, 3)).toHaveLength(3);
  });

  it('keeps of one that is received for ever the last of each queue', () => {
    const index = new MessageIndex();
    const other = `${QUEUE}-2`;
    const way = { messageId: 'p-a', queueArn: other, subscriptionArn: `${TOPIC}:2` };
    const elsewhere = { ...delivered('a'), ...way } as MessageEvent;
    const done = { ...inQueue('deleted', 'p-a', other) };
    let number = 0;
    for (const event of [published('a'), delivered('a'), elsewhere, done])
      index.add(event, ++number);
    for (let receives = 0; receives < 5_000; receives += 1)
      index.add(inQueue('received', 'q-a'), ++number);
    const [known] = index.newestFirst();
    expect(known?.events).toHaveLength(300);
    expect(known?.incomplete).toBe(true);
    expect(outcomes(index)).toEqual([['a', 'hidden 296', 'handled 0']]);
    index.add(inQueue('deleted', 'q-a'), ++number);
    expect(outcomes(index)).toEqual([['a', 'handled 295', 'handled 0']]);
  });

  it('keeps within the bound one that is sent back again and again', () => {
    const index = new MessageIndex();
    let number = 0;
    for (const event of [published('a'), delivered('a'), inQueue('received', 'q-a')])
      index.add(event, ++number);
    index.add(deadLettered('q-a'), ++number);
    for (let turn = 0; turn < 1_000; turn += 1) {
      const id = `again-${turn}`;
      for (const event of [sent(id), inQueue('received', id), deadLettered(id)])
        index.add(event, ++number);
    }
    index.add(sent('last'), ++number);
    const [known] = index.newestFirst();
    expect(known?.events.length).toBeLessThanOrEqual(300);
    expect(index.size).toBe(1);
    index.add(inQueue('deleted', 'last'), ++number);
    expect(outcomes(index)[0]?.[1]).toMatch(/^handled/);
  });
});
