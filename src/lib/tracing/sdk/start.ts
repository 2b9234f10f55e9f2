import { setTimeout as sleep } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { VERSION } from '../../rules/version.ts';
import { createTracing } from '../create-tracing.ts';
import type { Tracing } from '../tracing.ts';
import { readTraceSettings, type SamplerSettings } from './environment.ts';
import { OtlpExporter } from './otlp-exporter.ts';

/** Milliseconds within which a process sends what it has recorded when it ends. */
const FLUSH_WITHIN_MS = 3_000;
/** Spans that wait to be sent at the most; a publish of ten thousand events makes them faster than they go out. */
const MAX_WAITING_SPANS = 16_384;

/** Tracing of a process of our own. */
export interface StartedTracing {
  readonly tracing: Tracing;
  /** Sends what was recorded; gives up after three seconds. */
  end(): Promise<void>;
}

/**
 * Records traces and exports them in the background, as the environment says: spans wait in a bounded queue, and are
 * dropped where that is full. The provider is registered for the whole process, so that spans which handlers make with
 * OpenTelemetry's API belong to ours.
 * @param warn told once why traces can't be sent, and what of the environment can't be followed.
 * @returns undefined where no traces are to be recorded.
 */
export function startTracing(
  env: Readonly<Record<string, string | undefined>>,
  warn: (line: string) => void,
): StartedTracing | undefined {
  const { settings, problems } = readTraceSettings(env);
  for (const problem of problems) warn(problem);
  if (settings === undefined) return undefined;
  let isTold = false;
  const exporter = new OtlpExporter(settings, (problem) => {
    if (!isTold) warn(`Traces could not be sent to ${shownUrl(settings.url)}: ${problem}.`);
    isTold = true;
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.version': VERSION, ...settings.resource }),
    ),
    sampler: samplerOf(settings.sampler),
    spanProcessors: [
      new BatchSpanProcessor({
        ...{ exporter, maxQueueSize: MAX_WAITING_SPANS },
        scheduledDelayMillis: settings.delayMs,
      }),
    ],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  trace.setGlobalTracerProvider(provider);
  return {
    tracing: createTracing(provider, env.TRACEPARENT),
    async end() {
      const over = new AbortController();
      const late = sleep(FLUSH_WITHIN_MS, undefined, { signal: over.signal }).catch(() => {});
      const sent = provider.forceFlush().then(() => exporter.forceFlush());
      await Promise.race([sent.catch(() => {}), late]);
      over.abort();
      await exporter.shutdown();
      trace.disable();
      context.disable();
    },
  };
}

/** A URL as it may be shown: its query string may hold a key. */
function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname;
}

function samplerOf({ isParentBased, ratio }: SamplerSettings): Sampler {
  const root =
    ratio === 1
      ? new AlwaysOnSampler()
      : ratio === 0
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}
