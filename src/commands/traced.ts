import { hostTracing } from '../lib/tracing/host.ts';
import type { Tracing } from '../lib/tracing/tracing.ts';
import type { CommandContext } from './command.ts';

/**
 * Runs a command's work with tracing where the environment asks for it, and sends what was recorded before it ends.
 * Nothing of OpenTelemetry is loaded otherwise.
 * @param work gets undefined where no traces are recorded.
 */
export async function traced<T>(
  { io, printer }: Pick<CommandContext, 'io' | 'printer'>,
  work: (tracing: Tracing | undefined) => Promise<T>,
): Promise<T> {
  const { env } = io;
  const host = await hostTracing(env.TRACEPARENT);
  if (host !== undefined) return work(host);
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) {
    return work(undefined);
  }
  const { startTracing } = await import('../lib/tracing/sdk/start.ts');
  const started = startTracing(env, (line) => printer.warn(line));
  try {
    return await work(started?.tracing);
  } finally {
    await started?.end();
  }
}
