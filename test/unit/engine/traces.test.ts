import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { MessageTraces } from '../../../src/lib/engine/observe/traces/message-traces.ts';
import { TRACE_REQUEST } from '../../../src/lib/engine/observe/traces/otlp-fields.ts';
import { readProtobuf } from '../../../src/lib/engine/observe/traces/protobuf.ts';
import { readExport } from '../../../src/lib/engine/observe/traces/read-otlp.ts';
import { SpanStore } from '../../../src/lib/engine/observe/traces/span-store.ts';
import type { TraceSpan } from '../../../src/lib/rules/trace-span.ts';

function span(traceId: string, spanId: string, links: TraceSpan['links'] = []): TraceSpan {
  const ids = { traceId, spanId, parentSpanId: null, links };
  const about = { name: 'n', kind: 'internal', service: 's', error: null, attributes: {} } as const;
  return { ...ids, ...about, start: 1, end: 2 };
}

it('keeps the newest spans, also by what they link to', () => {
  const store = new SpanStore({ spans: 3, characters: 10_000 });
  store.add(span('a', '1'));
  store.add(span('a', '2'));
  store.add(span('b', '3', [{ traceId: 'a', spanId: '1' }]));
  const idsOf = (traceId: string) => store.find(traceId).map(({ spanId }) => spanId);
  expect(idsOf('a')).toEqual(['1', '2', '3']);
  store.add(span('c', '4'));
  expect([idsOf('a'), idsOf('b'), idsOf('c')]).toEqual([['2', '3'], ['3'], ['4']]);
  store.clear();
  expect([idsOf('a'), idsOf('b')]).toEqual([[], []]);
  for (const id of ['5', '6', '7', '8', '9']) store.add(span('a', id));
  expect(idsOf('a')).toEqual(['7', '8', '9']);
});

it('keeps a span once that is exported again, until it is dropped', () => {
  const store = new SpanStore({ spans: 2, characters: 10_000 });
  const idsOf = (traceId: string) => store.find(traceId).map(({ spanId }) => spanId);
  for (const id of ['1', '2', '1', '2', '1']) store.add(span('a', id));
  expect(idsOf('a')).toEqual(['1', '2']);
  // Its id is another span's in another trace.
  store.add(span('b', '2'));
  expect([idsOf('a'), idsOf('b')]).toEqual([['2'], ['2']]);
  store.add(span('a', '1'));
  expect([idsOf('a'), idsOf('b')]).toEqual([['1'], ['2']]);
});

it('keeps no more of spans than so many characters', () => {
  const one = JSON.stringify(span('a', '1')).length;
  const store = new SpanStore({ spans: 100, characters: 2 * one });
  for (const id of ['1', '2']) store.add(span('a', id));
  expect(store.find('a')).toHaveLength(2);
  store.add(span('b', '3'));
  expect([store.find('a').length, store.find('b').length]).toEqual([1, 1]);
  // One that is larger than all of them together leaves nothing, and the next is kept.
  store.add({ ...span('a', '4'), name: 'n'.repeat(2 * one) });
  store.add(span('a', '5'));
  expect(store.find('a').map(({ spanId }) => spanId)).toEqual(['5']);
});

const traceparent = (digit: string) => `00-${digit.repeat(32)}-${'1'.repeat(16)}-01`;

it('keeps the traces of the newest messages', () => {
  const traces = new MessageTraces(2);
  traces.add('m1', traceparent('a'));
  traces.add('m2', traceparent('a'));
  expect(traces.messagesOf('a'.repeat(32))).toEqual(['m1', 'm2']);
  traces.add('m3', traceparent('b'));
  expect(traces.messagesOf('a'.repeat(32))).toEqual(['m2']);
  expect([traces.traceparentOf('m1'), traces.traceparentOf('m3')]).toEqual([
    undefined,
    traceparent('b'),
  ]);
  traces.clear();
  for (const id of ['m4', 'm5', 'm6', 'm7']) traces.add(id, traceparent('c'));
  expect(traces.messagesOf('c'.repeat(32))).toEqual(['m6', 'm7']);
});

it('keeps the trace that a message was first accepted with', () => {
  const traces = new MessageTraces(2);
  const messagesOf = (...digits: string[]) =>
    digits.map((digit) => traces.messagesOf(digit.repeat(32)));
  traces.add('m1', traceparent('a'));
  traces.add('m1', traceparent('b'));
  expect(traces.traceparentOf('m1')).toBe(traceparent('a'));
  expect(messagesOf('a', 'b')).toEqual([['m1'], []]);
  for (const id of ['m2', 'm3']) traces.add(id, traceparent('c'));
  expect(messagesOf('a', 'b', 'c')).toEqual([[], [], ['m2', 'm3']]);
});

it('keeps nothing else of the requests that the traces of messages came in', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapUsed = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const KIB = 1024;
  const traceparent = `00-${'a'.repeat(32)}-${'1'.repeat(16)}-01`;
  const request = Buffer.from('x'.repeat(512 * KIB) + traceparent);
  const traces = new MessageTraces();
  const before = heapUsed();
  for (let number = 0; number < 100; number += 1) {
    traces.add(`m${number}`, request.toString().slice(512 * KIB));
  }
  expect(heapUsed() - before).toBeLessThan(5 * KIB * KIB);
  expect(traces.messagesOf('a'.repeat(32))).toHaveLength(100);
});

it('refuses lists within lists without end', () => {
  const nested = (depth: number): object =>
    depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [nested(depth - 1)] } };
  const of = (depth: number) => ({
    resourceSpans: [{ resource: { attributes: [{ key: 'k', value: nested(depth) }] } }],
  });
  expect(readExport(of(20))).toEqual({ spans: [], rejected: 0 });
  expect(() => readExport(of(21))).toThrow(TypeError);
});

/** A field of bytes. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

it('reads protobuf, and passes over what it does not know', () => {
  const known = field(5, Buffer.from('name'));
  const unknown = Buffer.from([0x98, 0x06, 0x96, 0x01, 0xa5, 0x06, 1, 2, 3, 4]);
  const request = [1, 2, 2].reduceRight<Buffer>(
    (bytes, at) => field(at, bytes),
    Buffer.concat([unknown, known]),
  );
  expect(readProtobuf(request, TRACE_REQUEST)).toEqual({
    resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'name' }] }] }],
  });
});

it('refuses protobuf that is cut off anywhere, and numbers in place of messages', () => {
  const request = field(1, field(2, field(2, field(1, Buffer.alloc(16, 7)))));
  for (let length = 1; length < request.length; length++) {
    expect(() => readProtobuf(request.subarray(0, length), TRACE_REQUEST)).toThrow(RangeError);
  }
  expect(() => readProtobuf(Buffer.from([0x08, 1]), TRACE_REQUEST)).toThrow(RangeError);
  expect(() => readProtobuf(Buffer.alloc(12, 0xff), TRACE_REQUEST)).toThrow(RangeError);
});
