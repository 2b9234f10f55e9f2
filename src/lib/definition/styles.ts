/** Ways to run a topology on AWS. */
export const STYLES = ['serverless', 'hybrid', 'ecs'] as const;
export type Style = (typeof STYLES)[number];

/** What a task of a service on Fargate has, as a task definition says it. */
export interface TaskSize {
  /** CPU units: `VCPU_UNITS` are one vCPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** CPU units of a vCPU ("Task size", Amazon ECS Developer Guide). */
export const VCPU_UNITS = 1024;

/** A task of the order API. */
export const API_TASK: TaskSize = { cpu: 512, memory: 1024 };
/** A task of a subscriber. */
export const SUBSCRIBER_TASK: TaskSize = { cpu: 256, memory: 512 };
/** Tasks of a subscriber at the most, however many messages wait. */
export const MAX_SUBSCRIBER_TASKS = 10;

/** Where an order API keeps its orders: a DynamoDB table, a Postgres server that is there, or one of Amazon RDS. */
export const ORDER_DATABASES = ['dynamodb', 'postgres', 'rds'] as const;
export type OrderDatabase = (typeof ORDER_DATABASES)[number];

/** What the order API of a style uses unless another database is asked for. */
export function usualDatabase(style: Style): OrderDatabase {
  return style === 'serverless' ? 'dynamodb' : 'postgres';
}
