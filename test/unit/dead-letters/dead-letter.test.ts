import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../../src/lib/aws/stored-message.ts';
import {
  type DeadLetterFilter,
  EVERY_DEAD_LETTER,
  isMeant,
  isUnfiltered,
  readDeadLetter,
} from '../../../src/lib/dead-letters/dead-letter.ts';
import { parseCondition } from '../../../src/lib/events/where.ts';

const SENT = Date.UTC(2026, 0, 1);

function letter(body: string, more: Partial<StoredMessage> = {}) {
  const nothing = { groupId: undefined, deduplicationId: undefined, traceHeader: undefined };
  return readDeadLetter({
    ...nothing,
    messageId: 'm',
    receiptHandle: 'r',
    body,
    attributes: { tier: { type: 'String', value: 'Gold' } },
    sentAt: SENT,
    firstReceivedAt: undefined,
    receiveCount: 1,
    sourceArn: undefined,
    ...more,
  });
}

const EVENT = '{"event_id":"e","event_type":"order.created","total":5}';
const ENVELOPE = JSON.stringify({
  Type: 'Notification',
  MessageId: 'published',
  TopicArn: 'arn:aws:sns:us-east-1:000000000000:t',
  Subject: 'Hello',
  Message: EVENT,
  MessageAttributes: { tier: { Type: 'String', Value: 'silver' } },
});

describe('a dead letter', () => {
  it('is what was published, out of its envelope', () => {
    const read = letter(ENVELOPE);
    expect(read).toMatchObject({
      text: EVENT,
      eventId: 'e',
      eventType: 'order.created',
      subject: 'Hello',
      attributes: { tier: { type: 'String', value: 'silver' } },
    });
    expect(letter(EVENT)).toMatchObject({
      text: EVENT,
      eventId: 'e',
      subject: undefined,
      attributes: { tier: { type: 'String', value: 'Gold' } },
    });
    expect(letter('no JSON')).toMatchObject({ text: 'no JSON', fields: undefined });
  });

  it('says why SNS could not deliver it, where no queue did', () => {
    const attributes = {
      ErrorCode: { type: 'String', value: 'AccessDenied' },
      ErrorMessage: { type: 'String', value: 'no policy' },
    };
    const { ErrorMessage } = attributes;
    expect(letter(EVENT, { attributes }).snsReason).toBe('AccessDenied: no policy');
    expect(letter(EVENT, { attributes: { ErrorMessage } }).snsReason).toBe('no policy');
    expect(letter(EVENT, { attributes, sourceArn: 'arn' }).snsReason).toBeUndefined();
    expect(letter(EVENT).snsReason).toBeUndefined();
  });
});

describe('a filter of dead letters', () => {
  const meant = (filter: Partial<DeadLetterFilter>, age = 0) =>
    isMeant(letter(EVENT), { ...EVERY_DEAD_LETTER, ...filter }, SENT + age);

  it.each<[Partial<DeadLetterFilter>, boolean]>([
    [{}, true],
    [{ ids: ['x', 'm'] }, true],
    [{ ids: ['e'] }, true],
    [{ ids: ['x'] }, false],
    [{ eventType: 'order.created' }, true],
    [{ eventType: 'order' }, false],
    [{ where: [parseCondition('total>4'), parseCondition('total<6')] }, true],
    [{ where: [parseCondition('total>4'), parseCondition('total>6')] }, false],
    [{ text: 'ORDER.created' }, true],
    [{ text: 'gold' }, true],
    [{ text: 'silver' }, false],
    [{ ids: ['m'], eventType: 'order' }, false],
  ])('%j: %s', (filter, expected) => {
    expect(meant(filter)).toBe(expected);
  });

  it.each([
    [9_999, true, false],
    [10_000, false, true],
    [10_001, false, true],
  ])('by age: %i ms are newer than 10 s: %s, older: %s', (age, newer, older) => {
    expect(meant({ newerThan: 10 }, age)).toBe(newer);
    expect(meant({ olderThan: 10 }, age)).toBe(older);
    expect(meant({ newerThan: 20, olderThan: 5 }, age)).toBe(true);
  });

  it('takes a message of the future for a new one', () => {
    expect(meant({ newerThan: 1 }, -60_000)).toBe(true);
    expect(meant({ olderThan: 0 }, -60_000)).toBe(true);
  });

  it('leaves nothing out where nothing is given', () => {
    expect(isUnfiltered(EVERY_DEAD_LETTER)).toBe(true);
    for (const more of [{ ids: ['m'] }, { text: '' }, { olderThan: 0 }, { newerThan: 0 }]) {
      expect(isUnfiltered({ ...EVERY_DEAD_LETTER, ...more })).toBe(false);
    }
    expect(isUnfiltered({ ...EVERY_DEAD_LETTER, where: [parseCondition('a=1')] })).toBe(false);
    expect(isUnfiltered({ ...EVERY_DEAD_LETTER, eventType: '' })).toBe(false);
  });
});
