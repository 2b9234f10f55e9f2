import { describe, expect, it } from 'vitest';
import { TRACE_REQUEST } from '../../../src/lib/engine/observe/traces/otlp-fields.ts';
import { readProtobuf } from '../../../src/lib/engine/observe/traces/protobuf.ts';
import { readExport } from '../../../src/lib/engine/observe/traces/read-otlp.ts';

const T = 'a'.repeat(32);
const S = 'b'.repeat(16);
const NANOSECONDS = 1_700_000_000_000_000_000n;
const times = {
  startTimeUnixNano: String(NANOSECONDS),
  endTimeUnixNano: String(NANOSECONDS + 1_500_000n),
};
const exportOf = (span: object, resource?: object) => ({
  resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }],
});
const spanOf = (more: object, resource?: object) =>
  readExport(exportOf({ traceId: T, spanId: S, ...times, ...more }, resource)).spans[0];
const attribute = (value: object, key = 'a') => ({ attributes: [{ key, value }] });

describe('an export of traces', () => {
  it('has spans with what they say, and with defaults where they say nothing', () => {
    expect(spanOf({})).toEqual({
      traceId: T,
      spanId: S,
      parentSpanId: null,
      name: '',
      kind: 'internal',
      service: 'unknown',
      start: 1_700_000_000_000,
      end: 1_700_000_000_001.5,
      error: null,
      attributes: {},
      links: [],
    });
    const link = { traceId: T.toUpperCase(), spanId: S.toUpperCase() };
    expect(
      spanOf(
        { ...link, parentSpanId: 'C'.repeat(16), name: 'n', kind: 2, links: [link, {}] },
        attribute({ stringValue: 'api' }, 'service.name'),
      ),
    ).toMatchObject({
      traceId: T,
      spanId: S,
      parentSpanId: 'c'.repeat(16),
      name: 'n',
      kind: 'server',
      service: 'api',
      links: [{ traceId: T, spanId: S }],
    });
  });

  it.each<[object, unknown]>([
    [{ stringValue: '' }, ''],
    [{ stringValue: 'a' }, 'a'],
    [{ boolValue: false }, false],
    [{ intValue: '7' }, 7],
    [{ intValue: 0 }, 0],
    [{ doubleValue: 1.5 }, 1.5],
    [{ bytesValue: 'YQ==' }, 'YQ=='],
    [{}, ''],
    [{ arrayValue: { values: [{ stringValue: 'a' }, { intValue: 1 }] } }, '["a",1]'],
    [{ arrayValue: {} }, '[]'],
    [
      { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }, { key: 'l' }] } },
      '{"k":true,"l":""}',
    ],
    [{ stringValue: 'v'.repeat(1025) }, 'v'.repeat(1024)],
  ])('has the attribute %j as %j', (value, expected) => {
    expect(spanOf(attribute(value))?.attributes).toEqual({ a: expected });
  });

  it('keeps as much of a span as is read', () => {
    const many = Array.from({ length: 129 }, (_, at) => ({ key: `k${at}`, value: {} }));
    const links = Array.from({ length: 129 }, () => ({ traceId: T, spanId: S }));
    const span = spanOf({ name: 'n'.repeat(257), attributes: many, links });
    expect(span?.name).toBe('n'.repeat(256));
    expect(Object.keys(span?.attributes ?? {})).toHaveLength(128);
    expect(span?.links).toHaveLength(128);
    expect(spanOf(attribute({}, 'k'.repeat(257)))?.attributes).toEqual({ ['k'.repeat(256)]: '' });
  });

  it.each<[unknown, string | null]>([
    [undefined, null],
    [{ code: 1, message: 'm' }, null],
    [{ code: 2 }, 'failed'],
    [{ code: '2', message: '' }, 'failed'],
    [{ code: 2, message: 'why' }, 'why'],
    [{ code: 2, message: 'm'.repeat(1025) }, 'm'.repeat(1024)],
  ])('of the status %j has the error %j', (status, error) => {
    expect(spanOf({ status })?.error).toBe(error);
  });

  it.each([
    { traceId: '0'.repeat(32) },
    { traceId: `${T}a` },
    { traceId: 7 },
    { spanId: '0'.repeat(16) },
    { spanId: 'g'.repeat(16) },
    { startTimeUnixNano: undefined },
    { startTimeUnixNano: '0' },
    { endTimeUnixNano: '1.5' },
  ])('has no span with %j', (more) => {
    const given = { traceId: T, spanId: S, ...times, ...more };
    expect(readExport(exportOf(given))).toEqual({ spans: [], rejected: 1 });
  });

  it('ends no earlier than it begins', () => {
    const { start, end } = spanOf({ endTimeUnixNano: '1000000' }) ?? {};
    expect(end).toBe(start);
  });

  it.each([
    null,
    [],
    'text',
    { resourceSpans: {} },
    { resourceSpans: [7] },
    exportOf({ attributes: {}, traceId: T, spanId: S, ...times }),
    exportOf({ status: [], traceId: T, spanId: S, ...times }),
  ])('is not %j', (request) => {
    expect(() => readExport(request)).toThrow(new TypeError('it is no export of traces'));
  });

  it('of nothing has no spans', () => {
    expect(readExport({})).toEqual({ spans: [], rejected: 0 });
    expect(readExport({ resourceSpans: null })).toEqual({ spans: [], rejected: 0 });
  });
});

const varint = (value: bigint): number[] =>
  value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)];
const number = (field: number, value: bigint) => [...varint(BigInt(field * 8)), ...varint(value)];
const bytes = (field: number, content: readonly number[] | Buffer) => [
  ...varint(BigInt(field * 8 + 2)),
  ...varint(BigInt(content.length)),
  ...content,
];
const text = (field: number, content: string) => bytes(field, Buffer.from(content));
const fixed = (field: number, value: bigint) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return [field * 8 + 1, ...buffer];
};
const double = (field: number, value: number) => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [field * 8 + 1, ...buffer];
};
const keyed = (field: number, key: string, value: readonly number[]) =>
  bytes(field, [...text(1, key), ...bytes(2, value)]);
const read = (content: readonly number[]) => readProtobuf(Buffer.from(content), TRACE_REQUEST);
const inSpan = (span: readonly number[], resource: readonly number[] = []) =>
  read(bytes(1, [...bytes(1, resource), ...bytes(2, bytes(2, span))]));

describe('protobuf', () => {
  it('has every field of a span', () => {
    const link = [...bytes(1, Buffer.from(T, 'hex')), ...bytes(2, Buffer.from(S, 'hex'))];
    const span = [
      ...bytes(1, Buffer.from(T, 'hex')),
      ...bytes(2, Buffer.from(S, 'hex')),
      ...bytes(4, Buffer.from('c'.repeat(16), 'hex')),
      ...text(5, 'é'),
      ...number(6, 3n),
      ...fixed(7, NANOSECONDS),
      ...fixed(8, 2n ** 64n - 1n),
      ...keyed(9, 'text', text(1, 'v')),
      ...keyed(9, 'flag', number(2, 1n)),
      ...keyed(9, 'off', number(2, 0n)),
      ...keyed(9, 'integer', number(3, 2n ** 64n - 7n)),
      ...keyed(9, 'double', double(4, 1.5)),
      ...keyed(9, 'list', bytes(5, [...bytes(1, text(1, 'a')), ...bytes(1, text(1, 'b'))])),
      ...keyed(9, 'map', bytes(6, keyed(1, 'k', text(1, 'v')))),
      ...keyed(9, 'bytes', text(7, 'a')),
      ...bytes(13, link),
      ...bytes(15, [...text(2, 'why'), ...number(3, 2n)]),
      // Fields that aren't read: of four bytes, and of numbers beyond.
      ...[16 * 8 + 5, 1].flatMap((each) => varint(BigInt(each))).slice(0, 2),
      ...[0, 0, 0, 1],
      ...number(100, 7n),
    ];
    expect(inSpan(span, keyed(1, 'service.name', text(1, 'api')))).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: T,
                  spanId: S,
                  parentSpanId: 'c'.repeat(16),
                  name: 'é',
                  kind: '3',
                  startTimeUnixNano: String(NANOSECONDS),
                  endTimeUnixNano: '18446744073709551615',
                  attributes: [
                    { key: 'text', value: { stringValue: 'v' } },
                    { key: 'flag', value: { boolValue: true } },
                    { key: 'off', value: { boolValue: false } },
                    { key: 'integer', value: { intValue: '-7' } },
                    { key: 'double', value: { doubleValue: 1.5 } },
                    {
                      key: 'list',
                      value: {
                        arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] },
                      },
                    },
                    {
                      key: 'map',
                      value: {
                        kvlistValue: { values: [{ key: 'k', value: { stringValue: 'v' } }] },
                      },
                    },
                    { key: 'bytes', value: { bytesValue: 'YQ==' } },
                  ],
                  links: [{ traceId: T, spanId: S }],
                  status: { message: 'why', code: '2' },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each<[string, readonly number[], string]>([
    ['bytes for a number', text(6, 'a'), 'bytes in place of a number'],
    ['a number for bytes', number(5, 1n), 'a number in place of bytes'],
    ['four bytes for a time', [7 * 8 + 5, 0, 0, 0, 0], '4 bytes in place of 8'],
    ['a group', [3 * 8 + 3], 'the wire type 3'],
    ['an end', [...varint(5n * 8n + 2n), 9], 'it ends too early'],
    ['a long number', [6 * 8, ...Array(10).fill(0xff), 1], 'a number of more than ten bytes'],
  ])('with %s in the wrong place is refused', (_, span, message) => {
    expect(() => inSpan(span)).toThrow(new RangeError(message));
  });

  it('has messages within messages to a depth', () => {
    let value = text(1, 'v');
    for (let level = 0; level < 20; level += 1) value = bytes(5, bytes(1, value));
    expect(() => inSpan(keyed(9, 'k', value))).toThrow(
      new RangeError('too many messages within messages'),
    );
  });
});
