import fc from 'fast-check';
import { LosslessNumber, stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import {
  plainValue,
  readExactFields,
  readExactJson,
  readJsonValue,
} from '../../../src/lib/events/json-value.ts';
import {
  idFields,
  jsonLine,
  messageData,
  messageVersion,
  readMessage,
  readQueuedMessage,
} from '../../../src/lib/events/message.ts';
import { messageReader } from '../../../src/lib/events/message-reader.ts';

const read = (body: unknown, attributes: Record<string, string> = {}) =>
  readMessage({
    messageId: 'm-1',
    text: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { type: 'String', value }]),
    ),
  });

describe('what a message is', () => {
  const cloud = { specversion: '1.0', id: 'c-1', source: '/s', type: 'paid' };
  const bridge = {
    version: '0',
    id: 'b-1',
    'detail-type': 'EC2 State',
    source: 'aws.ec2',
    detail: {},
  };
  it.each([
    ['our event', { event_id: 'e-1', event_type: 'paid', a: 1 }, 'event', 'e-1', 'paid'],
    [
      'an event of a publisher that gives no id',
      { event_type: 'paid', a: 1 },
      'event',
      'm-1',
      'paid',
    ],
    ['one with a number as its id', { event_id: 7, event_type: 'paid' }, 'event', '7', 'paid'],
    [
      "the library's envelope",
      { event_id: 'e-1', event_type: 'paid', event_version: 2, timestamp: 't', data: {} },
      'library',
      'e-1',
      'paid',
    ],
    [
      'an event with a field data',
      { event_type: 'paid', data: {}, more: 1 },
      'event',
      'm-1',
      'paid',
    ],
    ['a CloudEvent', { ...cloud, data: {} }, 'cloudevents', 'c-1', 'paid'],
    ['an event of EventBridge', bridge, 'eventbridge', 'm-1', 'EC2 State'],
    ['an event of S3', { Records: [{ eventSource: 'aws:s3' }] }, 's3', 'm-1', undefined],
    ["S3's test event", { Service: 'Amazon S3', Event: 's3:TestEvent' }, 's3', 'm-1', undefined],
    ['another object', { Records: [] }, 'json', 'm-1', undefined],
    ['an array', [1], 'json', 'm-1', undefined],
    ['a number', '7', 'json', 'm-1', undefined],
    ['a JSON text', '"hello"', 'json', 'm-1', undefined],
    ['text', 'hello', 'text', 'm-1', undefined],
    ['nothing', '', 'text', 'm-1', undefined],
    ['a broken document', '{"event_type":', 'text', 'm-1', undefined],
    ['an empty id and type', { event_id: '', event_type: '' }, 'json', 'm-1', undefined],
    ['half an event of EventBridge', { 'detail-type': 'EC2 State' }, 'json', 'm-1', undefined],
    ['a type that is not text', { event_type: { a: 1 } }, 'json', 'm-1', undefined],
  ])('%s', (_, body, kind, id, type) => {
    expect(read(body)).toMatchObject({ kind, id, type });
  });

  it('takes the type of the body before that of the attributes, and that before any other', () => {
    expect(read({ event_type: 'a' }, { event_type: 'b' }).type).toBe('a');
    expect(read(cloud, { event_type: 'b' })).toMatchObject({ type: 'b', id: 'c-1' });
    expect(read(bridge, { event_type: 'b' }).type).toBe('b');
    expect(read('hello', { event_type: 'b' }).type).toBe('b');
  });

  it('reads CloudEvents in binary mode from the attributes', () => {
    for (const prefix of ['ce-', 'ce_', 'cloudEvents:', 'cloudEvents_']) {
      const names = { specversion: '1.0', id: 'c-2', type: 'paid', source: '/s' };
      const attributes = Object.fromEntries(
        Object.entries(names).map(([name, value]) => [`${prefix}${name}`, value]),
      );
      expect(read({ amount: 1 }, attributes)).toMatchObject({
        kind: 'cloudevents',
        id: 'c-2',
        type: 'paid',
      });
      expect(jsonLine(read('no json', attributes))).toBe('"no json"');
    }
    expect(read({ amount: 1 }, { 'ce-id': 'c-2' })).toMatchObject({ kind: 'json', id: 'm-1' });
    expect(read({ amount: 1 }, { specversion: '1.0', id: 'c-2' })).toMatchObject({ kind: 'json' });
    const binary = { 'ce-specversion': '1.0', 'ce-id': 'c-2' };
    expect(messageData(read({ data: 1, more: 2 }, binary))).toEqual({ data: 1, more: 2 });
    expect(read({ event_type: 'paid', a: 1 }, binary)).toMatchObject({ kind: 'event', id: 'c-2' });
    expect(read({ event_type: 'paid', data: 1 }, binary).kind).toBe('library');
  });

  it('is without what SNS wrapped around it', () => {
    const queued = { messageId: 'q-1', attributes: { event_type: { type: 'String', value: 'b' } } };
    const envelope = {
      ...{ Type: 'Notification', MessageId: 's-1', TopicArn: 'arn', Message: '{"a":1}' },
      MessageAttributes: { event_type: { Type: 'String', Value: 'a' } },
    };
    expect(readQueuedMessage({ ...queued, body: JSON.stringify(envelope) })).toMatchObject({
      ...{ id: 's-1', type: 'a', text: '{"a":1}', topicMessageId: 's-1' },
    });
    expect(readQueuedMessage({ ...queued, body: '{"a":1}' })).toMatchObject({
      ...{ id: 'q-1', type: 'b', text: '{"a":1}', topicMessageId: undefined },
    });
  });

  it.each([
    ['text', 1],
    [{}, 1],
    [{ event_type: 'p', event_version: 3 }, 3],
    [{ ...cloud, eventversion: '2' }, 2],
    [cloud, 1],
    [{ eventversion: 2 }, 1],
  ])('of %j is of version %i', (body, version) => {
    expect(messageVersion(read(body))).toBe(version);
  });

  it('is refused where it is not what its type asks for', () => {
    const reader = messageReader(({ value }) => (value === 7 ? undefined : 'it must be 7'));
    const incoming = { messageId: 'm', attributes: {} };
    const given = reader.read({ ...incoming, text: '7' });
    expect([reader.id(given), reader.type(given)]).toEqual(['m', undefined]);
    expect(() => reader.read({ ...incoming, text: '8' })).toThrow(
      'This is not a valid event: it must be 7.',
    );
    expect(() => reader.read({ ...incoming, text: '{"event_type":"paid"}' })).toThrow(
      expect.objectContaining({
        message: 'This is not a valid paid: it must be 7.',
        code: 'InvalidEvent',
        exitCode: 2,
      }),
    );
  });

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const message = read(text);
        expect(message.text).toBe(text);
        expect(() => JSON.parse(jsonLine(message))).not.toThrow();
        expect(idFields(message)).toBeInstanceOf(Map);
      }),
    );
    for (const depth of [190, 201, 5000]) {
      const text = `{"event_type":"paid","more":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      expect(read(text).type).toBe('paid');
    }
  });
});

describe('the data of a message', () => {
  it('is what stands beside the fields that every event has', () => {
    expect(messageData(read({ event_id: 'e', event_type: 'p', timestamp: 't', a: 1 }))).toEqual({
      a: 1,
    });
    expect(messageData(read({ event_type: 'p', event_version: 2, data: { a: 1 } }))).toEqual({
      a: 1,
    });
    expect(messageData(read({ specversion: '1.0', id: 'c', type: 'p', data: [1] }))).toEqual([1]);
    expect(messageData(read({ 'detail-type': 'p', detail: { a: 1 } }))).toEqual({ a: 1 });
    expect(messageData(read('text'))).toBe('text');
  });

  it('has ids', () => {
    const event = { event_type: 'p', order_id: 7, user_id: 'u', total_id: {}, event_id: 'e' };
    expect([...idFields(read(event))]).toEqual([
      ['order_id', '7'],
      ['user_id', 'u'],
    ]);
  });
});

describe('numbers', () => {
  it.each([
    ['1.5', 1.5],
    ['0.10', 0.1],
    ['1e21', 1e21],
    ['-0.0', -0],
    ['0.30000000000000004', 0.30000000000000004],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['1234567890123456789', '1234567890123456789'],
    ['9007199254740992.0', 9007199254740992],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1e400', '1e400'],
    ['-1e400', '-1e400'],
    ['1e-400', '1e-400'],
    ['1E+308', 1e308],
  ])('%s is %j to a handler', (text, value) => {
    expect(readJsonValue(text)).toBe(value);
    expect(readJsonValue(`{"a":[${text}]}`)).toEqual({ a: [value] });
  });

  it.each(['1.5', '0.10', '1e21', '75.00', '1234567890123456789', '-0', '1E+2', '7'])(
    '%s is written to the letter',
    (text) => {
      const line = `{"event_type":"p","a":[${text}]}`;
      expect(jsonLine(read(line))).toBe(line);
      expect(stringify(readExactJson(line))).toBe(line);
    },
  );

  it('never are objects of a reader, and lose nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.bigInt(),
        (double, big) => {
          const value = readJsonValue(`[${JSON.stringify(double)},${big}]`);
          const [first, second] = value as [unknown, unknown];
          expect(first).toBe(JSON.parse(JSON.stringify(double)));
          expect(second).not.toBeInstanceOf(LosslessNumber);
          expect(BigInt(second as string)).toBe(big);
        },
      ),
    );
  });

  it('are exact in the fields of an object, and of nothing else', () => {
    expect(readExactFields('{"a":1.0,"b":1}')).toEqual({ a: new LosslessNumber('1.0'), b: 1 });
    expect(['[1]', '1', 'null', '{'].map(readExactFields)).toEqual(Array(4).fill(undefined));
  });

  it('become plain again, in whatever they are', () => {
    const text = '{"a":[1.50,{"b":12345678901234567890}],"c":"x","d":null,"__proto__":1.0}';
    const plain = plainValue(readExactJson(text));
    expect(plain).toEqual(readJsonValue(text));
    expect(JSON.stringify(plain)).toBe(
      '{"a":[1.5,{"b":"12345678901234567890"}],"c":"x","d":null,"__proto__":1}',
    );
  });

  it('leave texts and odd keys alone', () => {
    const text = '{"__proto__":{"a":12345678901234567890},"b":"12345678901234567890"}';
    const value = readJsonValue(text) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'b']);
    expect(value.b).toBe('12345678901234567890');
    expect(JSON.stringify(value)).toContain('"a":"12345678901234567890"');
  });
});

it('a document over several lines is one line, the same otherwise', () => {
  expect(jsonLine(read('{\r\n  "a": 0.10,\n  "b": "x\\ny"\n}'))).toBe(
    '{   "a": 0.10,   "b": "x\\ny" }',
  );
});
