import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { createEventMaker, type EventCatalogue } from '../../../src/lib/events/event-maker.ts';
import type { OutgoingEvent } from '../../../src/lib/events/outgoing-event.ts';
import { seededRandom } from '../../../src/lib/events/random.ts';
import { compileMessageCheck } from '../../../src/lib/events/schemas.ts';
import { scalar } from '../../../src/lib/events/template.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

const EVENTS: EventCatalogue = {
  'payment.captured': {
    version: 2,
    schema: {
      type: 'object',
      required: ['payment_id', 'amount'],
      properties: {
        payment_id: { type: 'integer', minimum: 1 },
        amount: { type: 'number', minimum: 0, description: 'an amount in euros' },
        currency: { enum: ['EUR', 'USD'], default: 'EUR' },
      },
    },
    attributes: { currency: '{{ data.currency }}', 'amount:Number': '{{ data.amount }}' },
    sample: { payment_id: '{{ count }}', amount: '{{ decimal 1 500 }}', payer: '{{ email }}' },
    subject: 'Payment {{ data.payment_id }}',
    group: '{{ data.payment_id }}',
  },
  'payment.noted': {},
};
const check = await compileMessageCheck(EVENTS);
const maker = (type: string | undefined, events = EVENTS, seed = 7) =>
  createEventMaker({ events, type, check, seed });
const fields = ({ message }: OutgoingEvent) => JSON.parse(message.text);

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError && error.exitCode === 2) return error.message;
    throw error;
  }
  return 'was not refused';
}

describe('a sample', () => {
  it('has an id, a type, a version, a time, and what its template says', () => {
    const event = maker('payment.captured').sample({}, 3);
    expect(Object.keys(fields(event))).toEqual([
      'event_id',
      'event_type',
      'event_version',
      'payment_id',
      'amount',
      'payer',
      'timestamp',
      'currency',
    ]);
    expect(fields(event)).toMatchObject({
      event_type: 'payment.captured',
      event_version: 2,
      payment_id: 3,
      currency: 'EUR',
      payer: expect.stringMatching(/^[a-z.]+\d+@example\.com$/),
    });
    expect(event.message.text).toMatch(/"amount":\d+\.\d\d,/);
    const { amount } = fields(event);
    expect(event.attributes).toEqual({
      event_type: { type: 'String', value: 'payment.captured' },
      currency: { type: 'String', value: 'EUR' },
      amount: { type: 'Number', value: amount.toFixed(2) },
    });
    expect(event).toMatchObject({ subject: 'Payment 3', group: '3' });
  });

  it('is the same again with the same seed, its id aside', () => {
    const made = (seed: number, count: number) => {
      const {
        event_id: _,
        timestamp: __,
        ...rest
      } = fields(maker('payment.captured', EVENTS, seed).sample({}, count));
      return rest;
    };
    expect(made(7, 3)).toEqual(made(7, 3));
    expect(made(7, 3).amount).not.toBe(made(8, 3).amount);
    expect(made(7, 3).amount).not.toBe(made(7, 4).amount);
  });

  it('takes given fields, and counts on from a given number', () => {
    const given = { payment_id: 100, amount: 5, note: 'x' };
    expect(fields(maker('payment.captured').sample(given, 1))).toMatchObject(given);
    expect(fields(maker('payment.captured').sample(given, 3)).payment_id).toBe(102);
  });

  it('of another version has only the fields that were given', () => {
    expect(fields(maker('payment.captured').sample({ event_version: 1, a: 1 }, 1))).toEqual({
      ...{ event_id: expect.any(String), timestamp: expect.any(String) },
      ...{ event_type: 'payment.captured', event_version: 1, a: 1 },
    });
    const events = { t: { sample: { a: '{{ count }}' } } };
    expect(fields(maker('t', events).sample({ event_version: 1 }, 2)).a).toBe(2);
  });

  it('counts on from whole numbers only', () => {
    const events = { t: { sample: { a: '{{ count }}', b: 'x' } } };
    const made = (a: unknown, count: number) => fields(maker('t', events).sample({ a }, count)).a;
    expect([made('p-1', 3), made(1.5, 3), made(7, 1), made('7', 2)]).toEqual(['p-1', 1.5, 7, 8]);
  });

  it('of no type, or a CloudEvent, is what was given', () => {
    const {
      event_id: _,
      timestamp: __,
      ...rest
    } = fields(maker(undefined, {}).sample({ a: 1 }, 1));
    expect(rest).toEqual({ a: 1 });
    const cloud = { specversion: '1.0', id: 'c', source: '/s', type: 'payment.noted' };
    expect(maker(undefined).sample(cloud, 1).message.text).toBe(JSON.stringify(cloud));
  });

  it('of a type without a recipe is what was given', () => {
    const event = maker('payment.noted').sample({ a: 1 }, 1);
    expect(Object.keys(fields(event))).toEqual(['event_id', 'event_type', 'timestamp', 'a']);
    expect(event).toMatchObject({ subject: undefined, group: 'events' });
  });
});

describe('a line', () => {
  it('keeps numbers to the letter, and an id that it has', () => {
    const line =
      '{"event_id":"e-1","event_type":"payment.noted","a":0.10,"b":12345678901234567890}';
    const { event } = maker(undefined).line(line, 1);
    expect(event.message.text).toContain('"a":0.10,"b":12345678901234567890');
    expect(event.message.id).toBe('e-1');
  });

  it.each([
    ['a CloudEvent', '{"specversion":"1.0","id":"c","source":"/s","type":"payment.noted","x":1e2}'],
    ['an event of EventBridge', '{"detail-type":"payment.noted","source":"s","detail":{"x":1.0}}'],
  ])('with %s is published to the letter', (_, line) => {
    const { event } = maker(undefined).line(line, 1);
    expect(event.message.text).toBe(line);
    expect(event.attributes).toEqual({ event_type: { type: 'String', value: 'payment.noted' } });
  });

  it('may bring attributes, as tap and SNS write them', () => {
    const event = { event_id: 'e-1', event_type: 'payment.noted', a: 1 };
    const attributes = { n: { type: 'Number', value: '5' }, tier: 'gold', list: ['a', 1], m: 2.5 };
    const tapped = maker(undefined).line(JSON.stringify({ event, attributes, ms: 3 }), 1);
    expect(fields(tapped.event)).toMatchObject(event);
    expect(tapped.attributes).toEqual({
      n: { type: 'Number', value: '5' },
      tier: { type: 'String', value: 'gold' },
      list: { type: 'String.Array', value: '["a",1]' },
      m: { type: 'Number', value: '2.5' },
    });
    const published = maker(undefined).line(
      JSON.stringify({
        Message: JSON.stringify(event),
        MessageAttributes: {
          event_type: { DataType: 'String', StringValue: 'payment.noted' },
          b: { DataType: 'Binary', BinaryValue: 'aGk=' },
        },
      }),
      1,
    );
    expect(published.attributes).toEqual({ b: { type: 'Binary', value: 'aGk=' } });
    expect(published.event.message.id).toBe('e-1');
    const inObject = { Message: event, MessageAttributes: { tier: 'gold' } };
    const made = maker(undefined).line(JSON.stringify(inObject), 1);
    expect(fields(made.event)).toMatchObject(event);
    expect(made.attributes).toEqual({ tier: { type: 'String', value: 'gold' } });
    const text = maker(undefined).line('{"event":null,"body":"hello","attributes":{}}', 1);
    expect(text.event.message).toMatchObject({ kind: 'text', text: 'hello' });
  });

  it('is the event itself where it has fields of such names', () => {
    const event = { event_type: 'payment.noted', event: { a: 1 }, attributes: { b: 'c' } };
    const { event: made, attributes } = maker(undefined).line(JSON.stringify(event), 1);
    expect(fields(made)).toMatchObject(event);
    expect(attributes).toEqual({});
  });

  it.each([
    ['{"event_type":7}', 'InvalidEvent'],
    ['{"a":1}', 'InvalidEvent'],
    ['{"event_type":"payment.capturd"}', 'UnknownEventType'],
    ['[]', 'InvalidEvent'],
  ])('%s is refused with the code %s', (line, code) => {
    expect(() => maker(undefined).line(line, 1)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [
      '{"event_type":"payment.captured","payment_id":0,"amount":1}',
      'payment_id must be >= 1, not 0',
    ],
    ['{"event_type":"payment.captured","amount":1}', 'payment_id is missing'],
    [
      '{"event_type":"payment.captured","payment_id":1,"amount":"x"}',
      'amount must be a number, not "x" (an amount in euros)',
    ],
    [
      '{"event_type":"payment.captured","payment_id":1,"amount":1,"currency":"EURO"}',
      'must be one of EUR, USD (did you mean "EUR"?), not "EURO"',
    ],
    ['{"event_type":"payment.capturd"}', 'Did you mean "payment.captured"?'],
    ['{"event_type":7}', 'event_type must be text, not 7'],
    ['{"a":1}', 'event_type is missing'],
    ['[]', 'it is not a JSON object'],
    ['{"a":1,}', '(column 8)'],
    ['{\n"a" 1}', '(line 2, column 5)'],
    [`{"a":${'['.repeat(300)}`, 'nested too deeply'],
  ])('%.60s is refused', (line, words) => {
    expect(refusal(() => maker(undefined).line(line, 1))).toContain(words);
  });

  it('may be any object where the topology knows no types', () => {
    const { event } = createEventMaker({ events: {}, type: undefined, check, seed: 1 }).line(
      '{"a":1}',
      1,
    );
    expect(event.message).toMatchObject({ kind: 'json', type: undefined });
    expect(event.attributes).toEqual({});
  });
});

it('a raw body stays as it is, whatever its type asks for', () => {
  for (const text of ['hello', '{"a": 1 }', '', '{"event_type":']) {
    const event = maker('payment.captured').raw(text, 1);
    expect(event.message.text).toBe(text);
    expect(event.attributes.event_type).toEqual({ type: 'String', value: 'payment.captured' });
  }
});

it.each([
  ['true', true],
  ['false', false],
  ['null', null],
  ['True', 'True'],
  ['', ''],
  ['word', 'word'],
  ['01', '01'],
  ['1.', '1.'],
  ['-', '-'],
  ['1e', '1e'],
  [' 1', ' 1'],
])('the word %j is %j', (word, value) => {
  expect(scalar(word)).toBe(value);
});

it.each(['0', '-0', '10', '1.50', '-1.5e+3', '2E5', '9007199254740993'])(
  'the word %s is a number to the letter',
  (word) => {
    expect(scalar(word)).toEqual(new LosslessNumber(word));
  },
);

it('has the fields of its sample in their order, the time where that has one', () => {
  const events = { t: { sample: { b: 1, timestamp: '2025-01-01T00:00:00Z', a: 2 } } };
  const keys = (given: Readonly<Record<string, unknown>>) =>
    Object.keys(fields(maker('t', events).sample(given, 1)));
  expect(keys({ c: 3, event_id: 'e' })).toEqual([
    ...['event_id', 'event_type', 'b', 'timestamp', 'a', 'c'],
  ]);
  expect(keys({})).toEqual(['event_id', 'event_type', 'b', 'timestamp', 'a']);
});

describe('templates', () => {
  const sample = (template: unknown, count = 1) =>
    fields(maker('t', { t: { sample: { a: template, b: 'x' } } }).sample({}, count)).a;

  it.each([
    ['{{ integer 3 3 }}', 3],
    ['{{ decimal 2.5 2.5 }}', 2.5],
    ['{{ choice only }}', 'only'],
    ['{{ choice "two words" }}', 'two words'],
    ['{{cycle 29.99 149.50}}', 29.99],
    ['{{ cycle true false }}', true],
    ['n {{ count }} of {{ integer 9 9 }}', 'n 1 of 9'],
    [{ deep: ['{{ count }}', 'plain'] }, { deep: [1, 'plain'] }],
    ['no template {', 'no template {'],
    ['{{ data.nothing }} and {{ choice null }}!', ' and !'],
  ])('%j is %j', (template, value) => {
    expect(sample(template)).toEqual(value);
  });

  it('take turns where they say so', () => {
    const turns = [1, 2, 3, 4].map((count) => sample('{{ cycle a b c }}', count));
    expect(turns).toEqual(['a', 'b', 'c', 'a']);
  });

  it('make the same UUIDs again, of version 4 and all its variants', () => {
    const uuids = Array.from({ length: 100 }, (_, index) => sample('{{ uuid }}', index + 1));
    for (const uuid of uuids) expect(uuid).toMatch(/^.{8}-.{4}-4.{3}-[89ab].{3}-.{12}$/);
    expect(new Set(uuids.map((uuid) => uuid[19]))).toEqual(new Set('89ab'));
  });

  it('repeat with the seed what they made before', () => {
    const random = seededRandom(7, 3);
    expect([random(), random(), random()].map((number) => Math.floor(number * 1e6))).toEqual([
      793612, 206529, 192474,
    ]);
  });

  it('make what they are called', () => {
    expect(sample('{{ uuid }}')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(Date.parse(sample('{{ now }}'))).toBeGreaterThan(Date.now() - 60_000);
    expect(sample('{{ name }}')).toMatch(/^\w+ \w+$/);
    expect(sample('{{ word }}')).toMatch(/^[a-z]+$/);
    const values = Array.from({ length: 200 }, (_, index) =>
      sample('{{ integer 1 3 }}', index + 1),
    );
    expect(new Set(values)).toEqual(new Set([1, 2, 3]));
  });

  it.each([
    ['{{ uid }}', 'did you mean "uuid"?'],
    ['{{ integer 5 1 }}', 'two numbers'],
    ['{{ integer a b }}', 'two numbers'],
    ['{{ choice }}', 'needs values'],
    ['{{ }}', 'is not a template'],
  ])('%s is refused', (template, words) => {
    expect(refusal(() => sample(template))).toContain(words);
    expect(() => sample(template)).toThrow(expect.objectContaining({ code: 'InvalidTemplate' }));
  });
});
