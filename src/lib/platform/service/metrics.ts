import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { ServiceName } from './names.ts';

/** What happened to a request, or to a gRPC call. */
export interface RequestFacts {
  readonly method: string;
  /** The pattern of its route, `unknown` without one; of a gRPC call `/package.Service/Method`. */
  readonly route: string;
  /** Of HTTP; of a gRPC call the name of its code, such as `ok`. */
  readonly status: number | string;
  readonly seconds: number;
}

/** The numbers of one service, in Prometheus's text format. */
export interface ServiceMetrics {
  /** For the service's own. */
  readonly registry: Registry;
  observe(facts: RequestFacts): void;
}

const LABELS = ['service', 'method', 'route', 'status'] as const;
/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the metrics of one service; several in one process don't meet. */
export function createServiceMetrics(service: ServiceName): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, gRPC calls included.',
    labelNames: LABELS,
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: LABELS,
    buckets: BUCKETS,
    registers,
  });
  return {
    registry,
    observe({ method, route, status, seconds }) {
      const labels = { service, method, route, status: String(status) };
      requests.inc(labels);
      durations.observe(labels, seconds);
    },
  };
}
