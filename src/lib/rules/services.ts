/** The services that the embedded engine has, as permissions, ARNs and `SERVICES` name them. */
export const SERVICES = [
  'sqs',
  'sns',
  'sts',
  'kms',
  'dynamodb',
  'logs',
  'lambda',
  'cloudformation',
  'cloudwatch',
  'apigateway',
  'ecs',
  'elasticloadbalancing',
] as const;
