/** Services whose calls faults can hit. */
export type FaultyService = ServiceName | 'dynamodb';

/** The services of the engine, as credentials and ARNs name them. */
export type ServiceName =
  | 'sqs'
  | 'sns'
  | 'sts'
  | 'kms'
  | 'logs'
  | 'lambda'
  | 'cloudformation'
  | 'cloudwatch'
  | 'apigateway'
  | 'ecs'
  | 'elasticloadbalancing';
