import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MessageLog } from '../../../src/lib/engine/observe/message-log.ts';
import { reachOf, wayOf } from '../../../src/lib/engine/observe/message-way.ts';
import type { MessageEvent } from '../../../src/lib/rules/message-trace.ts';

const PLACE = { account: '000000000000', region: 'us-east-1' } as const;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:payments';
const SUBSCRIPTION = `${TOPIC}:1`;
const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

function published(messageId: string, time: number, subscriptions = 1): MessageEvent {
  return { kind: 'published', time, ...PLACE, messageId, topicArn: TOPIC, subscriptions };
}

function delivered(messageId: string, topicMessageId: string, time: number): MessageEvent {
  const where = { queueArn: queueArn('ledger'), topicArn: TOPIC, subscriptionArn: SUBSCRIPTION };
  return { kind: 'delivered', time, ...PLACE, messageId, topicMessageId, ...where };
}

function received(messageId: string, time: number): MessageEvent {
  return {
    kind: 'received',
    time,
    ...PLACE,
    messageId,
    queueArn: queueArn('ledger'),
    receiveCount: 1,
    userAgent: 'aws-sdk-js/3.1',
    hiddenUntil: time + 30_000,
  };
}

function dead(messageId: string, bodyDigest: number, time: number): MessageEvent {
  const to = { queueArn: queueArn('ledger'), deadLetterArn: queueArn('ledger-dlq') };
  return { kind: 'dead-lettered', time, ...PLACE, messageId, ...to, receiveCount: 3, bodyDigest };
}

function sent(messageId: string, bodyDigest: number, time: number): MessageEvent {
  return { kind: 'sent', time, ...PLACE, messageId, queueArn: queueArn('ledger'), bodyDigest };
}

function logOf(...events: readonly MessageEvent[]): MessageLog {
  const log = new MessageLog(0);
  for (const event of events) log.add(event);
  return log;
}

const uuids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

describe('the log of what happens to messages', () => {
  it('gives every kind of event back as it was', () => {
    const [topicId = '', id = '', other = ''] = uuids(3);
    const at = { topicArn: TOPIC, subscriptionArn: SUBSCRIPTION, queueArn: queueArn('ledger') };
    const events: MessageEvent[] = [
      published(topicId, 1, 3),
      {
        kind: 'repeated',
        time: 2,
        ...PLACE,
        messageId: topicId,
        topicArn: TOPIC,
        deduplicationId: 'd',
      },
      {
        kind: 'filtered',
        time: 3,
        ...PLACE,
        messageId: topicId,
        ...at,
        clause: '{"a":["ü"]}',
        scope: 'MessageBody',
      },
      {
        kind: 'refused',
        time: 4,
        ...PLACE,
        messageId: topicId,
        ...at,
        errorCode: 'E',
        reason: 'no',
      },
      delivered(id, topicId, 5),
      received(id, 6),
      {
        kind: 'hidden',
        time: 7,
        ...PLACE,
        messageId: id,
        queueArn: at.queueArn,
        receiveCount: 1,
        hiddenUntil: 9,
      },
      { kind: 'visible', time: 8, ...PLACE, messageId: id, queueArn: at.queueArn, receiveCount: 1 },
      dead(id, 4_000_000_000, 9),
      {
        kind: 'moved',
        time: 10,
        ...PLACE,
        messageId: id,
        queueArn: queueArn('ledger-dlq'),
        destinationArn: at.queueArn,
        newMessageId: other,
      },
      { kind: 'expired', time: 11, ...PLACE, messageId: other, queueArn: at.queueArn },
      { kind: 'deleted', time: 12, ...PLACE, messageId: other, queueArn: at.queueArn, by: 'purge' },
    ];
    expect(wayOf(logOf(...events), topicId)).toEqual(events);
  });

  it('finds the whole way by any of the ids that a message had', () => {
    const [topicId = '', id = '', again = '', stranger = ''] = uuids(4);
    const log = logOf(
      published(topicId, 1),
      delivered(id, topicId, 2),
      received(stranger, 3),
      dead(id, 77, 4),
      sent(stranger, 78, 5),
      sent(again, 77, 6),
      received(again, 7),
    );
    const kinds = (of: string): string[] => wayOf(log, of).map(({ kind }) => kind);
    const whole = ['published', 'delivered', 'dead-lettered', 'sent', 'received'];
    for (const each of [topicId, id, again]) expect(kinds(each)).toEqual(whole);
    expect(kinds(stranger)).toEqual(['received', 'sent']);
    expect(kinds(randomUUID())).toEqual([]);
  });

  it('drops its oldest page when it is full, and says from when on none is missing', () => {
    const limits = { pageEvents: 4, pages: 2, textCharacters: 10_000 };
    const log = new MessageLog(0, limits);
    const ids = uuids(9);
    for (const [index, id] of ids.slice(0, 8).entries()) log.add(published(id, 10 + index));
    expect(log.from).toBe(0);
    expect(wayOf(log, ids[0] ?? '')).toHaveLength(1);
    log.add(published(ids[8] ?? '', 18));
    expect(log.from).toBe(14);
    expect(wayOf(log, ids[3] ?? '')).toEqual([]);
    expect(wayOf(log, ids[4] ?? '')).toHaveLength(1);
  });

  it('numbers its events, and gives those from a number on', () => {
    const log = new MessageLog(0, { pageEvents: 4, pages: 2, textCharacters: 10_000 });
    const ids = uuids(9);
    expect([log.first, log.last]).toEqual([1, 0]);
    for (const [index, id] of ids.entries()) log.add(published(id, 10 + index));
    const idsFrom = (first: number, count: number): string[] =>
      log.read(first, count).map(({ messageId }) => messageId);
    expect([log.first, log.last]).toEqual([5, 9]);
    expect(idsFrom(5, 9)).toEqual(ids.slice(4));
    expect(idsFrom(8, 9)).toEqual(ids.slice(7));
    expect(idsFrom(7, 2)).toEqual(ids.slice(6, 8));
    expect(idsFrom(9, 1)).toEqual(ids.slice(8));
    expect(idsFrom(10, 1)).toEqual([]);
    // What is kept no more is left out.
    expect(idsFrom(1, 2)).toEqual(ids.slice(4, 6));
  });

  it('begins anew when the texts that events name grow too many', () => {
    const log = new MessageLog(0, { pageEvents: 4, pages: 2, textCharacters: 100 });
    const [first = '', second = '', third = ''] = uuids(3);
    const refused = (messageId: string, time: number, length: number): MessageEvent => ({
      kind: 'refused',
      time,
      ...PLACE,
      messageId,
      topicArn: '',
      subscriptionArn: '',
      queueArn: '',
      errorCode: '',
      reason: 'r'.repeat(length),
    });
    log.add(refused(first, 1, 100));
    log.add(refused(second, 2, 101));
    expect(wayOf(log, first)).toHaveLength(1);
    log.add(refused(third, 3, 1));
    expect(log.from).toBe(3);
    expect(wayOf(log, first)).toEqual([]);
    expect(wayOf(log, third)).toHaveLength(1);
  });

  it('counts the queues that each message reached', () => {
    const [first = '', second = ''] = uuids(2);
    const log = logOf(
      published(first, 1, 3),
      published(second, 1, 3),
      delivered(randomUUID(), first, 2),
      delivered(randomUUID(), first, 2),
    );
    expect([...reachOf(log, [first, second, randomUUID()])]).toEqual([
      [first, { subscriptions: 3, delivered: 2 }],
      [second, { subscriptions: 3, delivered: 0 }],
    ]);
  });
});
