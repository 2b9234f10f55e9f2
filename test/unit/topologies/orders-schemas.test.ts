import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedTopologies } from '../../../src/lib/config/shipped-topologies.ts';
import { readMessage } from '../../../src/lib/events/message.ts';
import { compileMessageCheck } from '../../../src/lib/events/schemas.ts';

const schema = (name: string) =>
  JSON.parse(readFileSync(join(shippedTopologies(), 'orders/schemas', `${name}.json`), 'utf8'));
const check = await compileMessageCheck({
  'order.created': { schema: schema('order-created') },
  'order.updated': { schema: schema('order-updated') },
});
const judge = (text: string) => check(readMessage({ messageId: 'm', text, attributes: {} }));
const RAILS =
  '{"event_type":"order.created","order_id":1,"user_id":1,"total":"29.99","status":"pending","timestamp":"2026-11-27T10:00:00Z"}';

describe('what publishers in other languages send', () => {
  it.each([
    ['no id, the total as text', RAILS],
    ['the total as a number', RAILS.replace('"29.99"', '29.99')],
    ['trailing zeros', RAILS.replace('"29.99"', '29.990')],
    ['an exponent', RAILS.replace('"29.99"', '1e2')],
    ['the largest total', RAILS.replace('"29.99"', '99999999.99')],
    ['nothing to pay', RAILS.replace('"29.99"', '0')],
    ['an id with a decimal', RAILS.replace('"order_id":1', '"order_id":7.0')],
    ['an offset', RAILS.replace('10:00:00Z', '10:00:00.123456+05:30')],
    ['the basic format', RAILS.replace('2026-11-27T10:00:00Z', '20261127T100000Z')],
    ['further fields', RAILS.replace('{', '{"currency":"EUR","items":[{"sku":"a"}],')],
    ['an update', RAILS.replace('created', 'updated').replace('pending', 'shipped')],
    ['no timestamp', RAILS.replace(/,"timestamp":"[^"]*"/, '')],
  ])('%s', (_, text) => expect(judge(text)).toBeUndefined());

  it.each([
    [RAILS.replace('"29.99"', '75.001'), 'two decimals'],
    [RAILS.replace('"29.99"', '74.9999999999999999999'), 'no more than two decimals'],
    [RAILS.replace('"29.99"', '"1.999"'), 'no more than two decimals'],
    [RAILS.replace('"29.99"', '-5'), 'total must be >= 0, not -5'],
    [RAILS.replace('"29.99"', '100000000'), 'total must be <= 99999999.99'],
    [RAILS.replace('"29.99"', '[1]'), 'total must be'],
    [RAILS.replace('"total":"29.99",', ''), 'total is missing'],
    [RAILS.replace('"order_id":1', '"order_id":0'), 'order_id must be >= 1, not 0'],
    [RAILS.replace('"user_id":1', '"user_id":"x"'), 'user_id must be a whole number, not "x"'],
    [RAILS.replace('pending', 'pendign'), 'did you mean "pending"?'],
    [RAILS.replace('2026-11-27T10:00:00Z', 'yesterday'), 'timestamp must match format'],
    [RAILS.replace('2026-11-27T10:00:00Z', '1'), 'timestamp must match format'],
  ])('%.200s is refused', (text, words) => expect(judge(text)).toContain(words));
});

it('events of types without a schema are not looked at', () => {
  expect(judge('{"event_type":"order.deleted"}')).toBeUndefined();
  expect(judge('hello')).toBeUndefined();
});
