import type { Engine } from '../engine.ts';
import type { Services } from '../services/index.ts';
import { functionMetrics } from './functions.ts';
import { metric } from './metric.ts';
import { queueMetrics } from './queue-metrics.ts';

/** The media type of the text that `renderMetrics` gives. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Counts since the engine started, as Prometheus reads them.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function renderMetrics(services: Services, engine: Engine, uptime: number): string {
  const requests: string[] = [];
  const errors: string[] = [];
  const seconds: string[] = [];
  for (const service of Object.values(services)) {
    for (const { name, tally } of service.routes.values()) {
      if (tally.calls === 0) continue;
      const labels = `{service="${service.name}",action="${name}"}`;
      requests.push(`pubsub_requests_total${labels} ${tally.calls}`);
      errors.push(`pubsub_request_errors_total${labels} ${tally.errors}`);
      seconds.push(`pubsub_request_seconds_total${labels} ${tally.duration / 1000}`);
    }
  }
  const { user, system } = process.cpuUsage();
  return [
    ...metric('pubsub_requests_total', 'counter', 'Calls answered.', requests),
    ...metric('pubsub_request_errors_total', 'counter', 'Calls answered with an error.', errors),
    ...metric(
      'pubsub_request_seconds_total',
      'counter',
      'Time spent on calls, long polls included.',
      seconds,
    ),
    ...queueMetrics(engine.sqs),
    ...functionMetrics(engine),
    ...metric('pubsub_uptime_seconds', 'gauge', 'Time since the engine started.', [
      `pubsub_uptime_seconds ${uptime}`,
    ]),
    ...metric('process_cpu_seconds_total', 'counter', 'CPU time of the process.', [
      `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ]),
    ...metric('process_resident_memory_bytes', 'gauge', 'Resident memory of the process.', [
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ]),
    '',
  ].join('\n');
}
