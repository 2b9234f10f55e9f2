import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, expect, it } from 'vitest';
import {
  createPublisher,
  createSubscriber,
  defineTopology,
  type HandlerContext,
  setUpTopology,
} from '../../../src/index.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';

const endpoint = useEndpoint();

interface Weather {
  rain: { mm: number };
}

/** What a host program sets up for itself. */
function registerProvider() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return exporter;
}

afterEach(() => {
  trace.disable();
  context.disable();
});

async function forecast() {
  const topology = defineTopology<Weather>({
    name: `weather-${uniquePrefix()}`,
    subscribers: { umbrellas: {} },
  });
  await setUpTopology(topology, { endpointUrl: endpoint.url });
  return topology;
}

/** Takes so many events, each inside of a span of the handler's own. */
async function take(topology: Awaited<ReturnType<typeof forecast>>, count: number) {
  const contexts: HandlerContext[] = [];
  const subscriber = createSubscriber({ name: 'umbrellas', topology, endpointUrl: endpoint.url });
  const done = new Promise<void>((resolve) => {
    subscriber.on('rain', async (_event, about) => {
      await Promise.resolve();
      trace.getTracer('host').startSpan('open umbrella').end();
      contexts.push(about);
      if (contexts.length === count) resolve();
    });
  });
  await subscriber.start();
  await done;
  await subscriber.stop();
  return contexts;
}

it('belongs to the spans of a program that has OpenTelemetry', async () => {
  const exporter = registerProvider();
  const topology = await forecast();
  const publisher = createPublisher<Weather>({ topology, endpointUrl: endpoint.url });
  const tracer = trace.getTracer('host');
  const publishIn = (name: string) =>
    tracer.startActiveSpan(name, async (span) => {
      await publisher.publish('rain', { mm: 1 });
      span.end();
      return span.spanContext();
    });
  // Both are sent in one request, and each belongs to whoever published it.
  const origins = await Promise.all([publishIn('morning'), publishIn('evening')]);
  await publisher.close();
  const contexts = await take(topology, 2);
  const spans = exporter.getFinishedSpans();
  const named = (start: string) => spans.filter(({ name }) => name.startsWith(start));
  const parents = (found: readonly ReadableSpan[]) =>
    found.map(({ parentSpanContext }) => parentSpanContext?.spanId).sort();
  const ids = (found: readonly ReadableSpan[]) =>
    found.map((span) => span.spanContext().spanId).sort();
  expect(parents(named('create '))).toEqual(origins.map(({ spanId }) => spanId).sort());
  expect(named('publish ')).toHaveLength(1);
  expect(parents(named('process '))).toEqual(ids(named('create ')));
  expect(parents(named('open umbrella'))).toEqual(ids(named('process ')));
  expect(contexts.map(({ traceparent }) => traceparent?.split('-')[2]).sort()).toEqual(
    ids(named('process ')),
  );
  expect(new Set(named('open umbrella').map((span) => span.spanContext().traceId))).toEqual(
    new Set(origins.map(({ traceId }) => traceId)),
  );
});

it('registers nothing, and records nothing, without one', async () => {
  const topology = await forecast();
  const publisher = createPublisher<Weather>({ topology, endpointUrl: endpoint.url });
  await publisher.publish('rain', { mm: 1 });
  await publisher.close();
  const [about] = await take(topology, 1);
  expect(about?.traceparent).toBeUndefined();
  expect(about?.awsTraceHeader).toBeUndefined();
  // An API without a provider makes spans that are none.
  expect(trace.getTracer('host').startSpan('x').isRecording()).toBe(false);
});
