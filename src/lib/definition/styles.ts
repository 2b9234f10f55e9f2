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
