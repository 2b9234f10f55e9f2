import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoney } from '../../../src/lib/events/money.ts';
import { parseOrderEvent, serializeOrderEvent } from '../../../src/lib/events/order-event.ts';
import { createOrderEvent } from '../../../src/lib/events/sample-orders.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

const WIRE =
  '{"event_id":"a1","event_type":"order.created","order_id":1,"user_id":1,"total":75.00,"status":"pending","timestamp":"2025-01-01T12:00:00.000Z"}';

function refusal(text: string): AppError {
  try {
    parseOrderEvent(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`was read: ${text}`);
}

describe('money', () => {
  it.each([
    ['29.99', '29.99'],
    ['75', '75.00'],
    ['0.1', '0.10'],
    ['0', '0.00'],
    ['007.50', '7.50'],
    ['99999999.99', '99999999.99'],
  ])('reads %s as %s', (text, amount) => {
    expect(parseMoney(text)).toBe(amount);
  });

  it.each(['-1', '1.234', '1e3', 'NaN', '', ' ', '1,5', '0x10', '100000000', '1.', '.5'])(
    'refuses "%s"',
    (text) => {
      expect(parseMoney(text)).toHaveProperty('problem');
    },
  );

  it('goes through the wire to the letter, whatever the amount', () => {
    const amount = fc
      .tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.integer({ min: 0, max: 99 }))
      .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
    fc.assert(
      fc.property(amount, (total) => {
        const event = createOrderEvent('order.created', { order_id: 1, user_id: 1, total });
        const text = serializeOrderEvent(event);
        expect(text).toContain(`"total":${total},`);
        expect(parseOrderEvent(text)).toEqual(event);
      }),
    );
  });
});

describe('order events', () => {
  it('are written as they were read, two decimals included', () => {
    expect(serializeOrderEvent(parseOrderEvent(WIRE))).toBe(WIRE);
  });

  it('keep fields that a later publisher added', () => {
    const text = WIRE.replace('{', '{"currency":"EUR","rate":0.30000000000000004,');
    expect(serializeOrderEvent(parseOrderEvent(text))).toBe(text);
  });

  it.each([
    ['"total":75.00', '"total":75.001', 'total has more than two decimals (75.001)'],
    ['"total":75.00', '"total":74.9999999999999999999', 'more than two decimals'],
    ['"total":75.00', '"total":-5', "total can't be negative"],
    ['"total":75.00', '"total":[1]', 'total must be a number'],
    ['"total":75.00,', '', 'total is missing'],
    ['"order_id":1', '"order_id":0', 'order_id must be a whole number from 1, not 0'],
    ['"order_id":1', '"order_id":1.5', 'order_id must be a whole number'],
    ['"user_id":1', '"user_id":"x"', 'user_id must be a whole number from 1, not "x"'],
    ['"pending"', '"pendign"', 'Unknown status "pendign". Did you mean "pending"?'],
    ['order.created', 'order.creatd', 'Did you mean "order.created"?'],
    ['"event_id":"a1",', '', 'event_id is missing'],
    ['2025-01-01T12:00:00.000Z', 'yesterday', 'timestamp must be an ISO 8601 time'],
  ])('with %s as %s are refused', (part, replacement, words) => {
    const error = refusal(WIRE.replace(part, replacement));
    expect(error.message).toContain(words);
    expect(error.exitCode).toBe(2);
  });

  it.each([
    ['{"a":1,}', '(column 8)'],
    ['{\n  "a" 1}', '(line 2, column 7)'],
    ['{"a":1', '(column 7)'],
    ['', '(column 1)'],
    ['[1]', 'it is not a JSON object'],
    ['"text"', 'it is not a JSON object'],
    ['{"a":1,"a":2}', 'Duplicate key'],
  ])('%j is no event, and where is said', (text, words) => {
    expect(refusal(text).message).toContain(words);
  });

  it.each([
    ['"order_id":1', '"order_id":[5]', 'order_id must be a whole number from 1, not an array'],
    ['"order_id":1', '"order_id":{"toString":1}', 'not an object'],
    ['"total":75.00', '"total":{"a":1}', 'total must be a number such as 29.99, not an object'],
    ['"order.created"', '{"toString":1}', 'event type must be text, not an object'],
    ['"order.created"', '7', 'event type must be text, not 7'],
    ['order.created', `${'x'.repeat(9000)}`, `Unknown event type "${'x'.repeat(60)}…"`],
    ['order.created', '\\u001b[2J', 'Unknown event type "\\u{1b}[2J"'],
    ['"total":75.00', '"total":"\\u0007"', 'not "\\u{7}"'],
    ['"total":75.00', '"total":"1\\u202e"', 'not "1\\u{202e}"'],
  ])('with %s as %s are refused without letting it through to the reader', (part, with_, words) => {
    expect(refusal(WIRE.replace(part, with_)).message).toContain(words);
  });

  it('are refused in one way only, whatever a field holds', () => {
    const names = Object.keys(JSON.parse(WIRE));
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('toString', 'valueOf', 'toJSON', '__proto__'), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), odd, (name, value) => {
        // Written by hand: an object would take "__proto__" for its prototype.
        const fields = Object.entries({ ...JSON.parse(WIRE), [name]: value });
        const text = fields.map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`);
        try {
          parseOrderEvent(`{${text.join(',')}}`);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });

  it('can be written again once they were read, however deep they are nested', () => {
    const nested = (depth: number): string =>
      WIRE.replace('{', `{"more":${'['.repeat(depth)}${']'.repeat(depth)},`);
    expect(serializeOrderEvent(parseOrderEvent(nested(190)))).toBe(nested(190));
    for (const depth of [201, 3000, 5000, 200_000]) {
      expect(refusal(nested(depth)).message).toContain('nested too deeply');
    }
    const deepType = `${'['.repeat(150)}${']'.repeat(150)}`;
    expect(refusal(WIRE.replace('"order.created"', deepType)).message).toContain('not an array');
  });

  it('never fail in another way, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(refusal(text)).toBeInstanceOf(AppError);
      }),
    );
  });
});
