import { describe, expect, test } from 'vitest';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';

const notification = {
  Type: 'Notification',
  MessageId: '3c1f5ad4-8b1e-5f5f-9d0e-0a1b2c3d4e5f',
  TopicArn: 'arn:aws:sns:us-east-1:000000000000:order-events',
  Subject: 'Order Event: order.created',
  Message: '{"order_id":1}',
  Timestamp: '2025-01-01T12:00:00.000Z',
  SignatureVersion: '1',
  Signature: 'c2ln',
  SigningCertURL: 'http://127.0.0.1/x.pem',
  UnsubscribeURL: 'http://127.0.0.1/?Action=Unsubscribe',
  MessageAttributes: { event_type: { Type: 'String', Value: 'order.created' } },
};

describe('parseSnsBody', () => {
  test('reads every field of a notification', () => {
    const parsed = parseSnsBody(JSON.stringify(notification, null, 2));
    expect(parsed).toMatchObject({
      kind: 'envelope',
      message: '{"order_id":1}',
      subject: 'Order Event: order.created',
      messageId: notification.MessageId,
      topicArn: notification.TopicArn,
      timestamp: '2025-01-01T12:00:00.000Z',
    });
    expect(parsed.kind === 'envelope' && parsed.attributes.event_type).toEqual({
      type: 'String',
      value: 'order.created',
    });
  });

  test.each([
    ['another Type', { Type: 'SubscriptionConfirmation', Subject: 'Notification' }],
    ['a Message that is no text', { Message: { Type: 'Notification' } }],
    ['no MessageId', { MessageId: undefined }],
    ['no TopicArn', { TopicArn: 1 }],
  ])('takes what has %s for a body', (_what, more) => {
    const body = JSON.stringify({ ...notification, ...more });
    expect(parseSnsBody(body)).toEqual({ kind: 'raw', body });
  });

  test.each(['10000000000000001000', 1])('has a sequence number where it is text: %j', (number) => {
    const parsed = parseSnsBody(JSON.stringify({ ...notification, SequenceNumber: number }));
    if (typeof number === 'string') expect(parsed).toHaveProperty('sequenceNumber', number);
    else expect(parsed).not.toHaveProperty('sequenceNumber');
  });

  test('has no subject and no attributes where the envelope has none', () => {
    const { Subject, MessageAttributes, ...plain } = notification;
    const parsed = parseSnsBody(JSON.stringify(plain));
    expect(parsed).not.toHaveProperty('subject');
    expect(parsed).toHaveProperty('attributes', {});
  });

  test('keeps the sequence number of a FIFO topic', () => {
    const body = JSON.stringify({ ...notification, SequenceNumber: '10000000000000000000' });
    expect(parseSnsBody(body)).toHaveProperty('sequenceNumber', '10000000000000000000');
  });

  test('takes an attribute of any name', () => {
    const body = JSON.stringify(notification).replace('"event_type"', '"__proto__"');
    const parsed = parseSnsBody(body);
    expect(parsed.kind === 'envelope' && Object.keys(parsed.attributes)).toEqual(['__proto__']);
  });

  test.each([' ', '\n', '\r', '\t', ' \r\n\t'])('reads one behind white space: %j', (space) => {
    expect(parseSnsBody(space + JSON.stringify(notification)).kind).toBe('envelope');
  });

  test('leaves out what is not an attribute', () => {
    const MessageAttributes = { a: 1, b: { Type: 'String' }, c: { Value: 'x' }, d: null };
    for (const given of [MessageAttributes, [], 'x', null]) {
      const parsed = parseSnsBody(JSON.stringify({ ...notification, MessageAttributes: given }));
      expect(parsed.kind === 'envelope' && { ...parsed.attributes }).toEqual({});
    }
  });

  test('takes one without time', () => {
    const parsed = parseSnsBody(JSON.stringify({ ...notification, Timestamp: 1 }));
    expect(parsed).toHaveProperty('timestamp', '');
  });

  test.each([
    ['empty', ''],
    ['text', 'hello'],
    ['an order event', '{"event_id":"a","event_type":"order.created"}'],
    ['a JSON array', '["Notification"]'],
    ['broken JSON', '{"Type":"Notification",'],
    ['another type', JSON.stringify({ ...notification, Type: 'SubscriptionConfirmation' })],
    ['a message that is not text', JSON.stringify({ ...notification, Message: { a: 1 } })],
    ['no message id', JSON.stringify({ ...notification, MessageId: undefined })],
    ['no topic', JSON.stringify({ ...notification, TopicArn: undefined })],
    ['null', 'null'],
    ['spaces only', '   '],
  ])('leaves %s raw', (_name, body) => {
    expect(parseSnsBody(body)).toEqual({ kind: 'raw', body });
  });
});
