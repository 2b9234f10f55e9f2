import type { Tracing } from './tracing.ts';

/** Where OpenTelemetry's API, whichever copy of it, keeps what a program has registered (`makeGlobal` of its source). */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/**
 * Tracing by the provider that the program has registered with OpenTelemetry's API. Nothing is loaded where there is
 * none, and none is ever registered here.
 * @param traceparent what everything belongs to that continues no span of the program's own.
 */
export async function hostTracing(traceparent: string | undefined): Promise<Tracing | undefined> {
  const registered = (globalThis as { readonly [REGISTERED]?: { readonly trace?: unknown } })[
    REGISTERED
  ];
  if (registered?.trace === undefined) return undefined;
  const [{ createTracing }, { trace }] = await Promise.all([
    import('./create-tracing.ts'),
    import('@opentelemetry/api'),
  ]);
  return createTracing(trace.getTracerProvider(), traceparent);
}
