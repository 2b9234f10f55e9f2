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

/** The Postgres of RDS that a stack makes, in one zone: its class, and its storage in GB at the start. */
export const RDS_INSTANCE = { name: 'db.t4g.micro', gigabytes: 20 } as const;

/** What the order API of a style uses unless another database is asked for. */
export function usualDatabase(style: Style): OrderDatabase {
  return style === 'serverless' ? 'dynamodb' : 'postgres';
}

/** The database that a style has where one is asked for: its usual one instead of one that it can't have. */
export function databaseIn(style: Style, wanted: OrderDatabase | undefined): OrderDatabase {
  const other = style === 'serverless' ? 'postgres' : 'rds';
  return wanted === other ? other : usualDatabase(style);
}
