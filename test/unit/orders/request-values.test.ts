import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { check } from '../../../src/lib/http/check.ts';
import { readJson } from '../../../src/lib/http/json-body.ts';
import { readDecimal, readWholeNumber } from '../../../src/lib/http/json-number.ts';
import { Problem, problemBody } from '../../../src/lib/http/problem.ts';
import { openApiDocument } from '../../../src/lib/orders/http/openapi.ts';
import {
  listQuery,
  newOrder,
  orderChange,
  outboxQuery,
  retryBody,
} from '../../../src/lib/orders/http/schemas.ts';
import { readMoney } from '../../../src/lib/orders/money.ts';

const read = (text: string) => readJson(Buffer.from(text));

function mistakeIn(body: string | Uint8Array): string {
  try {
    readJson(Buffer.from(body));
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return error.message;
    throw error;
  }
  return 'none';
}

describe('a JSON body', () => {
  it.each<[string, unknown]>([
    ['{"a":[1,-2.0,7e0,1e2]}', { a: [1, -2, 7, 100] }],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', new LosslessNumber('9007199254740992')],
    ['1.5', new LosslessNumber('1.5')],
    [' "ü" ', 'ü'],
    ['[true,false,null]', [true, false, null]],
  ])('%s is read without rounding', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[string, string | Uint8Array]>([
    ['it is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['it is empty', ''],
    ['it is empty', ' \n'],
    ['there is a mistake at position 3', '{"a'],
    ['there is a mistake at position 5', '{"a":x}'],
    ['it is nested too deeply', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['it is nested too deeply', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`],
    ['it is nested too deeply', `["\\"",${'['.repeat(32)}${']'.repeat(32)}]`],
  ])('%s: %j', (reason, body) => {
    expect(mistakeIn(body)).toBe(`The body is not JSON: ${reason}.`);
  });

  it.each([
    `${'['.repeat(32)}${']'.repeat(32)}`,
    `[${'[],'.repeat(40)}{},{}]`,
    `["${'[{'.repeat(20)}\\"${'[{'.repeat(20)}"]`,
    `["${']}'.repeat(20)}",${'['.repeat(31)}${']'.repeat(31)}]`,
    '["\\\\",[[]]]',
  ])('may be nested 32 deep, texts not counted: %s', (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it('is as deep behind a text with closing brackets as without', () => {
    expect(mistakeIn(`["]]",${'['.repeat(32)}${']'.repeat(32)}]`)).toContain('too deeply');
  });
});

describe('a number', () => {
  it.each([
    ['0', false, '', 0],
    ['-0.00', false, '', 0],
    ['100', false, '1', 2],
    ['-1.50', true, '15', -1],
    ['0.05', false, '5', -2],
    ['2e+3', false, '2', 3],
    ['12E-1', false, '12', -1],
  ])('%s is its digits and their place', (text, isNegative, digits, exponent) => {
    const decimal = readDecimal(text);
    expect(decimal).toMatchObject({ isNegative, digits });
    if (digits !== '') expect(decimal?.exponent).toBe(exponent);
  });

  it.each(['', '-', '+1', '.5', '1.', '1e', '0x1', ' 1', '1 ', 'NaN'])('is not "%s"', (text) => {
    expect(readDecimal(text)).toBeUndefined();
    expect(readWholeNumber(text)).toBeUndefined();
  });

  it.each<[string, number | undefined]>([
    ['0e99', 0],
    ['-7', -7],
    ['1e15', 1e15],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['9007199254740992', undefined],
    ['1e16', undefined],
    ['1e999999999', undefined],
    ['0.5', undefined],
  ])('%s is the whole number %s', (text, number) => {
    expect(readWholeNumber(text)).toBe(number);
  });

  it.each([
    ['0', '0.00'],
    ['0.01', '0.01'],
    ['0.1', '0.10'],
    ['75', '75.00'],
    ['7.5e1', '75.00'],
    ['99999999.99', '99999999.99'],
  ])('%s is the amount %s', (text, amount) => {
    expect(readMoney(text)).toBe(amount);
  });

  it.each([
    ['100000000', 'is larger than 99999999.99 (100000000)'],
    ['0.001', 'has more than two decimals (0.001)'],
    ['-0.01', "can't be negative (-0.01)"],
    ['x', 'must be a number such as 29.99, not "x"'],
  ])('%s is not an amount: it %s', (text, problem) => {
    expect(readMoney(text)).toEqual({ problem });
  });
});

describe('what a client may send', () => {
  const mistakes = (schema: Parameters<typeof check>[0], value: unknown): unknown => {
    try {
      check(schema, value, 'body');
    } catch (error) {
      if (error instanceof Problem) return JSON.parse(problemBody(error)).errors;
      throw error;
    }
    return undefined;
  };
  const ids = (count: number, length = 1) => ({ ids: Array(count).fill('x'.repeat(length)) });
  const OUTBOX_IDS = 'must be a list of up to 1000 ids of events';
  const FAILURES = 'must be a whole number up to 1000';
  const LIMIT = 'must be a whole number from 1 to 100';
  const WHOLE = 'must be a whole number from 1';

  it.each([
    [retryBody, {}],
    [retryBody, ids(1000, 64)],
    [outboxQuery, { max: '0' }],
    [outboxQuery, { max: '1000' }],
    [listQuery, {}],
    [listQuery, { user_id: '1', limit: '100', cursor: '9007199254740991', status: 'shipped' }],
    [newOrder, { user_id: Number.MAX_SAFE_INTEGER, total: 0, status: 'pending' }],
    [orderChange, { status: 'cancelled' }],
  ])('is right', (schema, value) => {
    expect(mistakes(schema, value)).toBeUndefined();
  });

  it('has its usual value where it is left out', () => {
    expect([check(listQuery, {}, 'query'), check(outboxQuery, {}, 'query')]).toEqual([
      ...[{ limit: 20 }, { max: 10 }],
    ]);
  });

  it.each<[Parameters<typeof check>[0], unknown, object]>([
    [retryBody, ids(1001), { ids: [OUTBOX_IDS] }],
    [retryBody, { ids: 'x' }, { ids: [OUTBOX_IDS] }],
    [retryBody, { more: 1 }, { more: ['is not a known field'] }],
    [retryBody, [], { body: ['must be an object'] }],
    [outboxQuery, { max: '-1' }, { max: [FAILURES] }],
    [outboxQuery, { max: '1001' }, { max: [FAILURES] }],
    [outboxQuery, { max: '1.5' }, { max: [FAILURES] }],
    [outboxQuery, { max: 'x' }, { max: [FAILURES] }],
    [listQuery, { limit: '0' }, { limit: [LIMIT] }],
    [listQuery, { limit: '101' }, { limit: [LIMIT] }],
    [listQuery, { limit: '01' }, { limit: [LIMIT] }],
    [listQuery, { user_id: '9007199254740992' }, { user_id: [WHOLE] }],
    [listQuery, { user_id: ['1', '2'] }, { user_id: ['must be given once'] }],
    [listQuery, { cursor: 'x' }, { cursor: ['must be the next_cursor of a page'] }],
    [newOrder, {}, { user_id: ['is missing'], total: ['is missing'] }],
    [newOrder, { user_id: 0, total: 1 }, { user_id: [WHOLE] }],
    [
      newOrder,
      { user_id: 1, total: 1, status: 'shipped' },
      { status: ['must be pending: every order begins there'] },
    ],
    [orderChange, {}, { body: ['must have user_id, total or status'] }],
    [
      orderChange,
      { status: 'x' },
      { status: ['must be one of pending, confirmed, shipped, cancelled'] },
    ],
  ])('is refused field by field', (schema, value, errors) => {
    expect(mistakes(schema, value)).toEqual(errors);
  });

  it('names ten unknown fields at the most, cut', () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`f${n}`.padEnd(80, 'x'), 1]),
    );
    const names = Object.keys(mistakes(retryBody, unknown) as object);
    expect(names).toHaveLength(10);
    expect(names.map((name) => name.length)).toEqual(Array(10).fill(60));
  });

  it('is described with the same bounds', () => {
    const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3')));
    const statuses = ['pending', 'confirmed', 'shipped', 'cancelled'];
    expect(document.paths['/orders'].get.parameters).toEqual([
      { name: 'user_id', in: 'query', schema: { type: 'integer', minimum: 1 } },
      { name: 'status', in: 'query', schema: { type: 'string', enum: statuses } },
      {
        ...{ name: 'limit', in: 'query' },
        schema: { type: 'integer', minimum: 1, maximum: 100, description: '20 unless given' },
      },
      {
        ...{ name: 'cursor', in: 'query' },
        schema: expect.objectContaining({ type: 'string' }),
      },
    ]);
    expect(document.paths['/orders/{id}'].parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
    ]);
    expect(document.components.schemas.NewOrder).toMatchObject({
      required: ['user_id', 'total'],
      properties: { total: { type: 'number', minimum: 0, maximum: 99_999_999.99 } },
    });
    expect(document.components.schemas.OrderChange.minProperties).toBe(1);
    expect([document.openapi, document.info.version]).toEqual(['3.1.1', '1.2.3']);
  });
});
