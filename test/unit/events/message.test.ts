import fc from 'fast-check';
import { LosslessNumber, stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { readExactJson, readJsonValue } from '../../../src/lib/events/json-value.ts';
import { idFields, jsonLine, messageData, readMessage } from '../../../src/lib/events/message.ts';

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
    ['a type that is no text', { event_type: { a: 1 } }, 'json', 'm-1', undefined],
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
