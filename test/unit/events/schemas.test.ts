import { describe, expect, it } from 'vitest';
import { type EventMessage, readMessage } from '../../../src/lib/events/message.ts';
import { schemaProblem } from '../../../src/lib/events/schema-problem.ts';
import {
  compileMessageCheck,
  compileValidators,
  describesWhole,
} from '../../../src/lib/events/schemas.ts';

async function problemOf(schema: object, value: unknown): Promise<string> {
  const validate = (await compileValidators({ t: { schema } })).get('t');
  const errors = validate?.(value);
  return errors === undefined ? '' : schemaProblem(errors);
}

const read = (body: unknown): EventMessage =>
  readMessage({ messageId: 'm', text: JSON.stringify(body), attributes: {} });

describe('what breaks a schema', () => {
  const inner = {
    type: 'object',
    required: ['b'],
    additionalProperties: false,
    properties: { b: {} },
  };
  const nested = { properties: { a: inner } };
  it.each<[object, unknown, string]>([
    [nested, { a: { b: 1 } }, ''],
    [nested, { a: {} }, 'a.b is missing'],
    [{ required: ['b'] }, {}, 'b is missing'],
    [nested, { a: { b: 1, c: 2 } }, 'a.c is not one of its fields'],
    [{ enum: ['EUR', 5] }, 'EURO', 'data must be one of EUR, 5 (did you mean "EUR"?), not "EURO"'],
    [{ enum: ['EUR', 5] }, 6, 'data must be one of EUR, 5, not 6'],
    [{ type: ['integer', 'null'] }, 'x', 'data must be a whole number or null, not "x"'],
    [{ type: 'boolean' }, [], 'data must be true or false, not an array'],
    [{ type: 'array' }, {}, 'data must be an array, not an object'],
    [{ type: 'string' }, 1, 'data must be text, not 1'],
    [{ pattern: '^a' }, 'b', 'data must match ^a, not "b"'],
    [
      { pattern: '^a', description: 'a word in a' },
      'b',
      'data has the wrong form: "b" (a word in a)',
    ],
    [{ const: 'a' }, 'b', 'data must be "a", not "b"'],
    [{ minimum: 2, description: 'a count' }, 1, 'data must be >= 2, not 1 (a count)'],
    [{ format: 'iso-8601' }, 'yesterday', 'data must match format "iso-8601", not "yesterday"'],
    [{ multipleOf: 0.01 }, 29.99, ''],
    [{ multipleOf: 0.01 }, 29.999, 'data must be a multiple of 0.01, not 29.999'],
    [{ required: ['a', 'b', 'c'] }, {}, 'a is missing; b is missing; c is missing'],
    [
      { required: ['a', 'b', 'c', 'd', 'e'] },
      {},
      'a is missing; b is missing; c is missing; and 2 more',
    ],
    // Of alternatives only that counts whose type the value has.
    [
      { anyOf: [{ type: 'string' }, { type: 'number', minimum: 2 }] },
      1,
      'data must be >= 2, not 1',
    ],
    [
      { oneOf: [{ type: 'string', minLength: 2 }, { type: 'number' }] },
      'a',
      'data must NOT have fewer than 2 characters, not "a"',
    ],
    [
      { anyOf: [{ type: 'string' }, { type: 'number' }] },
      true,
      'data must be text, not true; data must be a number, not true',
    ],
    [
      { oneOf: [{ minimum: 0 }, { maximum: 9 }] },
      5,
      'data must match exactly one schema in oneOf, not 5',
    ],
  ])('%j in %j is told: %s', async (schema, value, problem) => {
    expect(await problemOf(schema, value)).toBe(problem);
  });

  it('is told of drafts 2020-12 and 07', async () => {
    const tuple = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      items: [{ type: 'number' }],
    };
    expect(await problemOf(tuple, ['x'])).toBe('0 must be a number, not "x"');
    expect(await problemOf({ prefixItems: [{ type: 'number' }] }, ['x'])).toBe(
      '0 must be a number, not "x"',
    );
  });

  it('is never a schema that is none', async () => {
    await expect(
      compileValidators({ paid: { schema: { type: 'nothing' } } }),
    ).rejects.toMatchObject({
      code: 'InvalidSchema',
      exitCode: 2,
      message: expect.stringContaining('of "paid" is none'),
    });
  });
});

describe('a message', () => {
  it('is checked by the schema of its type and version, on its data', async () => {
    const schema = { type: 'object', required: ['a'] };
    const check = await compileMessageCheck({ paid: { schema, version: 2 }, noted: {} });
    expect(check(read({ event_type: 'paid', event_version: 2, b: 1 }))).toBe('a is missing');
    expect(check(read({ event_type: 'paid', event_version: 2, data: {} }))).toBe('a is missing');
    expect(check(read({ event_type: 'paid', event_version: 2, a: 1 }))).toBeUndefined();
    expect(check(read({ event_type: 'paid', b: 1 }))).toBeUndefined();
    expect(check(read({ event_type: 'noted' }))).toBeUndefined();
    expect(check(read({ event_type: 'other' }))).toBeUndefined();
    expect(check(read(7))).toBeUndefined();
  });

  it.each([true, false, undefined, {}, { properties: {} }, { properties: [] }])(
    'of schema %j is looked at without its envelope',
    (schema) => {
      expect(describesWhole(schema)).toBe(false);
    },
  );

  it('is looked at as a whole where its schema has event_type', async () => {
    const schema = {
      type: 'object',
      required: ['event_id', 'event_type', 'a'],
      properties: { event_type: { const: 'paid' } },
    };
    expect(describesWhole(schema)).toBe(true);
    const check = await compileMessageCheck({ paid: { schema } });
    expect(check(read({ event_id: 'e', event_type: 'paid', a: 1 }))).toBeUndefined();
    expect(check(read({ event_id: 'e', event_type: 'paid' }))).toBe('a is missing');
    expect(check(read({ event_type: 'paid', a: 1 }))).toBe('event_id is missing');
    expect(check(read({ event_id: 'e', event_type: 'paid', data: { a: 1 } }))).toBeUndefined();
    expect(check(read({ event_type: 'paid', data: { a: 1 } }))).toBe('event_id is missing');
    expect(check(read({ event_type: 'paid', data: [1] }))).toBe(
      'data must be an object, not an array',
    );
    const cloud = { specversion: '1.0', id: 'c', source: '/s', type: 'paid', data: { a: 1 } };
    expect(check(read(cloud))).toBeUndefined();
  });
});
