import type { Engine } from '../engine.ts';
import type { Services } from '../services/index.ts';
import type { Figures } from '../services/sqs/queue/message.ts';
import { fairnessOf } from '../services/sqs/queue/tenants.ts';
import type { SqsState } from '../services/sqs/state.ts';
import { functionMetrics } from './functions.ts';
import { metric } from './metric.ts';

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

function queueMetrics(sqs: SqsState): string[] {
  const all: string[] = [];
  const quiet: string[] = [];
  const noisy: string[] = [];
  for (const queue of sqs.queues.values()) {
    const labels = `account="${queue.account}",region="${queue.region}",queue="${queue.name}"`;
    all.push(...samples('pubsub_queue_messages', labels, queue));
    if (queue.tenants.size === 0) continue;
    const fairness = fairnessOf(queue, sqs.parts.clock.now());
    quiet.push(...samples('pubsub_queue_messages_in_quiet_groups', labels, fairness.quiet));
    noisy.push(`pubsub_queue_noisy_groups{${labels}} ${fairness.noisyGroups}`);
  }
  return [
    ...metric('pubsub_queue_messages', 'gauge', 'Messages in each queue by state.', all),
    ...metric(
      'pubsub_queue_messages_in_quiet_groups',
      'gauge',
      'Messages of a standard queue that belong to no noisy message group.',
      quiet,
    ),
    ...metric(
      'pubsub_queue_noisy_groups',
      'gauge',
      'Message groups of a standard queue with more than their share in flight.',
      noisy,
    ),
  ];
}

function samples(name: string, labels: string, figures: Readonly<Figures>): string[] {
  return [
    `${name}{${labels},state="visible"} ${figures.visible}`,
    `${name}{${labels},state="in-flight"} ${figures.inFlight}`,
    `${name}{${labels},state="delayed"} ${figures.delayed}`,
  ];
}
