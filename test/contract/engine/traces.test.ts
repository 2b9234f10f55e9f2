import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/lib/engine/http/server.ts';
import type { KnownTrace } from '../../../src/lib/rules/trace-span.ts';
import { useSns } from '../../fixtures/sns-engine.ts';

const engine = useSns();
const url = () => `${engine.running.endpoint}/v1/traces`;

async function known(id: string): Promise<KnownTrace> {
  const answer = await fetch(`${engine.running.endpoint}/_pubsub/spans?id=${id}`);
  return (await answer.json()) as KnownTrace;
}

/** Exports a span and one within it, with all kinds of values, by an exporter of OpenTelemetry's own. */
async function exportBy(exporter: SpanExporter): Promise<{ outer: Span; inner: Span }> {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('test');
  const outer = tracer.startSpan('outer', { startTime: [1_764_000_000, 123_456_789] });
  const inner = tracer.startSpan(
    'inner ☕',
    {
      kind: 3,
      links: [{ context: outer.spanContext(), attributes: { any: 1 } }],
      attributes: {
        text: 'ü',
        flag: false,
        whole: -7,
        large: 2 ** 53,
        part: 0.25,
        list: ['a', 'b'],
        none: [],
      },
    },
    trace.setSpan(context.active(), outer),
  );
  inner.addEvent('passed over', { a: 1 });
  inner.setStatus({ code: SpanStatusCode.ERROR, message: 'too late' });
  inner.end();
  outer.end([1_764_000_000, 623_456_789]);
  await provider.forceFlush();
  await provider.shutdown();
  return { outer, inner };
}

describe('an export of traces', () => {
  it.each([
    ['JSON', JsonExporter],
    ['protobuf', ProtobufExporter],
  ])('is taken from OpenTelemetry’s own exporter as %s', async (_, Exporter) => {
    const { outer, inner } = await exportBy(new Exporter({ url: url() }));
    const { traceId, spanId } = outer.spanContext();
    expect(await known(traceId)).toEqual({
      traceId,
      messages: [],
      spans: [
        expect.objectContaining({
          traceId,
          spanId,
          parentSpanId: null,
          name: 'outer',
          kind: 'internal',
          service: 'shop',
          error: null,
          attributes: {},
          links: [],
        }),
        expect.objectContaining({
          traceId,
          spanId: inner.spanContext().spanId,
          parentSpanId: spanId,
          name: 'inner ☕',
          kind: 'producer',
          error: 'too late',
          attributes: {
            text: 'ü',
            flag: false,
            whole: -7,
            large: 2 ** 53,
            part: 0.25,
            list: '["a","b"]',
            none: '[]',
          },
          links: [{ traceId, spanId }],
        }),
      ],
    });
    const [first] = (await known(traceId)).spans;
    expect(first?.start).toBeCloseTo(1_764_000_000_123.456, 2);
    expect((first?.end ?? 0) - (first?.start ?? 0)).toBeCloseTo(500, 3);
  });

  it('is taken compressed', async () => {
    const { outer } = await exportBy(
      new ProtobufExporter({ url: url(), compression: 'gzip' as never }),
    );
    expect((await known(outer.spanContext().traceId)).spans).toHaveLength(2);
  });

  const post = (body: string | Buffer, headers: Record<string, string>) =>
    fetch(url(), { method: 'POST', body, headers });

  it.each([
    ['no JSON', 'application/json', '{', 400],
    ['a list', 'application/json', '[]', 400],
    ['spans that are none', 'application/json', '{"resourceSpans":[1]}', 400],
    ['cut protobuf', 'application/x-protobuf', Buffer.from([0x0a, 0x7f, 1]), 400],
    ['text as protobuf', 'application/x-protobuf', 'hello', 400],
    ['another type', 'text/plain', '{}', 415],
    ['no type of ours', 'application/json2', '{}', 415],
  ])('of %s is refused', async (_, type, body, status) => {
    const answer = await post(body, { 'Content-Type': type });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ code: 3, message: expect.any(String) });
  });

  it('tells how many spans were none', async () => {
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x' };
    const request = { resourceSpans: [{ scopeSpans: [{ spans: [span, {}] }] }] };
    const answer = await post(JSON.stringify(request), {
      'Content-Type': 'application/json; charset=utf-8',
    });
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: '2' } });
  });

  it('that is sent again is taken again, and its spans are shown once', async () => {
    const traceId = 'c'.repeat(32);
    const times = {
      startTimeUnixNano: '1764000000000000000',
      endTimeUnixNano: '1764000000000000001',
    };
    const spans = ['1', '2'].map((digit) => ({ traceId, spanId: digit.repeat(16), ...times }));
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    for (const _ of ['first', 'again']) {
      const answer = await post(body, { 'Content-Type': 'application/json' });
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
    }
    const found = await known(traceId);
    expect(found.spans.map(({ spanId }) => spanId)).toEqual(['1'.repeat(16), '2'.repeat(16)]);
  });

  it('is taken from programs only, and by POST', async () => {
    const json = { 'Content-Type': 'application/json' };
    expect((await post('{}', { ...json, Origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('{}', { ...json, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await fetch(url())).status).toBe(405);
    expect((await post('{}', json)).status).toBe(200);
  });

  it('needs the token of an engine that asks for one', async () => {
    const guarded = await startEngine({ token: 'open sesame' });
    const at = `${guarded.endpoint}/v1/traces`;
    const headers = { 'Content-Type': 'application/json' };
    const refused = await fetch(at, { method: 'POST', body: '{}', headers });
    const taken = await fetch(at, {
      method: 'POST',
      body: '{}',
      headers: { ...headers, Authorization: 'Bearer open sesame' },
    });
    await guarded.stop();
    expect([refused.status, taken.status]).toEqual([401, 200]);
  });
});

describe('the engine’s own spans', () => {
  const SPAN = 'b7ad6b7169203331';
  const traceIdOf = (digit: string) => `${digit.repeat(31)}0`;

  it('tell each step of a message within the trace that it carries', async () => {
    const traceId = traceIdOf('1');
    const topic = await engine.topic('spans');
    const [open, filtered, closed] = [
      await engine.queue('spans-open'),
      await engine.queue('spans-filtered'),
      await engine.queue('spans-closed', { policy: 'none' }),
    ];
    await engine.subscribe(topic, open.arn);
    await engine.subscribe(topic, filtered.arn, { FilterPolicy: '{"kind":["a"]}' });
    await engine.subscribe(topic, closed.arn);
    const { MessageId = '' } = await engine.sns.send(
      new PublishCommand({
        TopicArn: topic,
        Message: 'm',
        MessageAttributes: {
          traceparent: { DataType: 'String', StringValue: `00-${traceId}-${SPAN}-01` },
        },
      }),
    );
    const { Messages: [received] = [] } = await engine.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: open.url }),
    );
    const found = await known(traceId);
    expect(found.messages).toEqual([MessageId]);
    const [accept] = found.spans;
    expect(accept).toMatchObject({
      traceId,
      parentSpanId: SPAN,
      name: 'accept spans',
      service: 'pubsub-engine',
    });
    const within = found.spans.filter(({ parentSpanId }) => parentSpanId === accept?.spanId);
    expect(within.map(({ name, error }) => [name, error])).toEqual([
      ['deliver to spans-open', null],
      ['filter out for spans-filtered', null],
      ['deliver to spans-closed', expect.stringContaining('no policy')],
    ]);
    expect(within[1]?.attributes['pubsub.filter.clause']).toContain('kind');
    expect(found.spans.find(({ name }) => name === 'receive from spans-open')).toMatchObject({
      parentSpanId: within[0]?.spanId,
      attributes: { 'pubsub.receive_count': 1, 'messaging.message.id': received?.MessageId },
    });
    // By the id in the topic or in the queue, always the same.
    for (const id of [MessageId, received?.MessageId ?? '']) {
      const again = await known(id);
      expect(again.spans.map(({ spanId }) => spanId)).toEqual(
        found.spans.map(({ spanId }) => spanId),
      );
    }
  });

  it('are found by X-Ray’s header, of what is sent to a queue directly', async () => {
    const traceId = traceIdOf('2');
    const queue = await engine.queue('spans-direct');
    const header = `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${SPAN};Sampled=1`;
    await engine.sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'm',
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } },
      }),
    );
    expect((await known(traceId)).spans).toMatchObject([
      { name: 'accept spans-direct', parentSpanId: SPAN },
    ]);
  });

  it('are of nothing that carries no trace', async () => {
    const topic = await engine.topic('untraced');
    const queue = await engine.queue('untraced');
    await engine.sns.send(
      new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: queue.arn }),
    );
    const { MessageId = '' } = await engine.sns.send(
      new PublishCommand({ TopicArn: topic, Message: 'm' }),
    );
    for (const id of [MessageId, '', 'x', traceIdOf('3')]) {
      expect(await known(id)).toEqual({ traceId: null, messages: [], spans: [] });
    }
  });
});
