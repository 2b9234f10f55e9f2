import { CONTAINER_PORTS, SERVICE_NAMES } from '../service/names.ts';

/** An alert of Prometheus. */
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'warning' | 'critical' };
  readonly annotations: { readonly summary: string };
}

/** The file that Prometheus begins with: what it scrapes, and where its rules are. */
export function prometheusConfig() {
  return {
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    rule_files: ['platform-rules.yml'],
    scrape_configs: [
      {
        job_name: 'platform',
        // The services' own labels, which say the service, stay as they are.
        honor_labels: true,
        static_configs: SERVICE_NAMES.map((name) => ({
          targets: [`${name}:${CONTAINER_PORTS[name].http}`],
          labels: { service: name },
        })),
      },
    ],
  };
}

/** When somebody has to look. */
export function prometheusRules() {
  const rules: readonly AlertRule[] = [
    {
      alert: 'ServiceDown',
      expr: 'up{job="platform"} == 0',
      for: '1m',
      labels: { severity: 'critical' },
      annotations: { summary: 'The service {{ $labels.service }} does not answer.' },
    },
    {
      alert: 'ManyErrors',
      expr: 'sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05',
      for: '5m',
      labels: { severity: 'critical' },
      annotations: { summary: 'More than 5 % of the answers of {{ $labels.service }} are errors.' },
    },
    {
      alert: 'SlowAnswers',
      expr: 'histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 2',
      for: '5m',
      labels: { severity: 'warning' },
      annotations: { summary: 'One answer in a hundred of {{ $labels.service }} takes over 2 s.' },
    },
    {
      alert: 'CircuitOpen',
      expr: 'max by (service) (gateway_circuit_state) == 2',
      for: '1m',
      labels: { severity: 'warning' },
      annotations: { summary: 'The gateway does not ask {{ $labels.service }} any more.' },
    },
  ];
  return { groups: [{ name: 'platform', rules }] };
}
