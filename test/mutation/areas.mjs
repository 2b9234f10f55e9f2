/** The engine's services, each with the tests beside its own that are about it as well. */
const SERVICES = {
  sqs: ['kms', 'engine-permissions', 'engine-receivers'],
  sns: ['kms', 'engine-permissions', 'engine-history', 'cloudwatch/alarms', 'lambda/invocations'],
  kms: ['engine-permissions'],
  lambda: ['operations', 'cloudwatch/metrics', 'partial-updates'],
  logs: ['operations'],
  dynamodb: ['operations'],
  cloudformation: ['operations'],
  cloudwatch: ['operations'],
  ecs: ['operations'],
  elb: ['ecs/load-balancer', 'ecs/balancer-refusals', 'operations', 'partial-updates'],
  apigateway: ['operations', 'partial-updates'],
};

/**
 * What is looked at under one name: folders of `src/lib` (the files right in them where a path ends with `*`), each with the tests that show what they do. A mutant is tried
 * by the tests of its folder only, folder by folder and short files first.
 */
export const AREAS = {
  rules: [
    { sources: ['rules'], tests: ['test/unit/rules', 'test/unit/events', 'test/unit/definition'] },
  ],
  orders: [
    {
      sources: ['orders', 'outbox', 'http', 'database'],
      tests: [
        ...['test/unit/orders', 'test/unit/http', 'test/unit/ui/server-log'],
        // What costs most, or is about a few lines only, comes last.
        ...['orders-api', 'orders-store', 'orders-', 'dynamodb', 'function', 'relay', ''].map(
          (file) => `test/contract/orders/${file}`,
        ),
      ],
    },
  ],
  messaging: [
    { sources: ['events'], tests: ['test/unit/events'] },
    { sources: ['publish'], tests: ['test/unit/publish', 'test/contract/publish'] },
    {
      sources: ['consume'],
      tests: ['test/unit/consume', 'test/contract/consume', 'test/cli/consume/listen-programs'],
    },
    { sources: ['dead-letters'], tests: ['test/unit/dead-letters', 'test/contract/dead-letters'] },
  ],
  engine: [
    ...Object.entries(SERVICES).map(([service, others]) => ({
      sources: [`engine/services/${service}`],
      tests: [
        `test/unit/engine/${service}-`,
        ...[service, ...others].map((file) => `test/contract/engine/${file}`),
      ],
    })),
    {
      sources: [
        ...['clock', 'control', 'http', 'journal', 'observe', 'permissions', 'processes'],
        ...['protocol', 'services/events', 'services/sts', 'services/*', '*'],
      ].map((folder) => `engine/${folder}`),
      tests: [
        'test/unit/engine',
        ...[
          ...['protocol', 'sts', 'engine-', 'operations', 'traces', 'role-policies', 'all-actions'],
          ...['other-engines', 'prometheus', 'cloudwatch/metrics'],
        ].map((file) => `test/contract/engine/${file}`),
      ],
    },
  ],
};
