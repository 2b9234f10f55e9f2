const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };
const PANEL = { width: 12, height: 8 };

/** A panel of numbers over time: its title, what it asks Prometheus, and the unit of the answers. */
const PANELS: readonly (readonly [title: string, expr: string, legend: string, unit: string])[] = [
  ['Requests', 'sum by (service) (rate(http_requests_total[1m]))', '{{service}}', 'reqps'],
  [
    'Errors',
    'sum by (service) (rate(http_requests_total{status=~"5.."}[1m])) / sum by (service) (rate(http_requests_total[1m]))',
    '{{service}}',
    'percentunit',
  ],
  [
    'Duration, p99',
    'histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[1m])))',
    '{{service}}',
    's',
  ],
  [
    'Duration, p50',
    'histogram_quantile(0.5, sum by (service, le) (rate(http_request_duration_seconds_bucket[1m])))',
    '{{service}}',
    's',
  ],
  ['Circuit breakers (2: open)', 'max by (service) (gateway_circuit_state)', '{{service}}', 'none'],
  ['Memory', 'process_resident_memory_bytes{job="platform"}', '{{service}}', 'bytes'],
];

/** The dashboard of the platform, to be imported into Grafana. */
export function grafanaDashboard() {
  return {
    title: 'Platform',
    uid: 'pubsub-platform',
    schemaVersion: 39,
    tags: ['pubsub'],
    time: { from: 'now-30m', to: 'now' },
    refresh: '10s',
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: PANELS.map(([title, expr, legendFormat, unit], index) => ({
      id: index + 1,
      type: 'timeseries',
      title,
      datasource: DATASOURCE,
      gridPos: {
        x: (index % 2) * PANEL.width,
        y: Math.floor(index / 2) * PANEL.height,
        w: PANEL.width,
        h: PANEL.height,
      },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: [{ refId: 'A', datasource: DATASOURCE, expr, legendFormat }],
    })),
  };
}
