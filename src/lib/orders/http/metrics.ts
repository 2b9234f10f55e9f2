import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { OutboxLag } from '../../outbox/outbox-counts.ts';

/** What happened to a request. */
export interface RequestFacts {
  readonly method: string;
  /** The route's pattern. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What the relay has done since it started. */
export interface RelayCounts {
  readonly published: number;
  readonly failures: number;
}

export interface MetricsOptions {
  /** Looks at the outbox; asked at each scrape. */
  readonly lag: () => Promise<OutboxLag>;
  readonly relay?: (() => RelayCounts) | undefined;
}

/** The numbers of one server, in Prometheus's text format. */
export interface Metrics {
  readonly contentType: string;
  observe(facts: RequestFacts): void;
  /** @throws what `lag` throws */
  text(): Promise<string>;
}

/** Makes the metrics of one server; several in one process don't meet. */
export function createMetrics({ lag, relay }: MetricsOptions): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const requests = new Counter({
    name: 'pubsub_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'pubsub_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const waiting = new Gauge({
    name: 'pubsub_outbox_waiting',
    help: 'Events in the outbox that are not published yet.',
    registers,
  });
  const oldest = new Gauge({
    name: 'pubsub_outbox_oldest_seconds',
    help: 'Age of the oldest event that is not published yet.',
    registers,
  });
  const failing = new Gauge({
    name: 'pubsub_outbox_failing',
    help: 'Events among them whose last attempt failed.',
    registers,
  });
  const counted = {
    published: new Counter({
      name: 'pubsub_outbox_published_total',
      help: 'Events that this process published.',
      registers,
    }),
    failures: new Counter({
      name: 'pubsub_outbox_failures_total',
      help: 'Attempts of this process to publish an event that failed.',
      registers,
    }),
  };
  const seen = { published: 0, failures: 0 };
  return {
    contentType: registry.contentType,
    observe: ({ method, route, status, seconds }) => {
      requests.inc({ method, route, status });
      durations.observe({ method, route }, seconds);
    },
    text: async () => {
      const now = await lag();
      waiting.set(now.waiting);
      oldest.set(now.oldestAgeSeconds ?? 0);
      failing.set(now.failing);
      const counts = relay?.() ?? seen;
      for (const name of ['published', 'failures'] as const) {
        counted[name].inc(counts[name] - seen[name]);
        seen[name] = counts[name];
      }
      return registry.metrics();
    },
  };
}
