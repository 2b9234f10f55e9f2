import type { EngineParts } from '../../parts.ts';
import type { KeyPort, SigningPort } from '../../ports.ts';
import type { MoveTask } from './move-task.ts';
import type { Queue } from './queue/queue.ts';
import type { Wakes } from './queue/wakes.ts';
import type { OpenRecord } from './records.ts';

/** The other services, as far as queues need them. */
export interface SqsPorts {
  readonly keys: KeyPort;
  readonly signing: SigningPort;
}

/** Everything the service keeps. Account and region are part of every key: nothing of one shows in another. */
export interface SqsState extends SqsPorts {
  readonly parts: EngineParts;
  /** By `queueKey`. */
  readonly queues: Map<string, Queue>;
  readonly queuesById: Map<number, Queue>;
  /** By ARN in the partition `aws`. */
  readonly queuesByArn: Map<string, Queue>;
  /** When queues were deleted, by `queueKey`; ms since the epoch. */
  readonly deletedAt: Map<string, number>;
  /** By source queue's ARN, the most recent last. */
  readonly moveTasks: Map<string, MoveTask[]>;
  readonly wakes: Wakes;
  lastQueueId: number;
  /** The highest number given to a message, or to a shared body, in the journal. */
  lastRecord: number;
  /** The record of the shared body that was written last; undefined before the first one. */
  openRecord: OpenRecord | undefined;
  /** Whether another state has taken its place: it writes nothing more. */
  isOver: boolean;
}

/** What queues are found by. */
export function queueKey(account: string, region: string, name: string): string {
  return `${account}/${region}/${name}`;
}

/** The queue of that ARN, in whichever account. */
export function queueByArn(state: SqsState, arn: string): Queue | undefined {
  const known = state.queuesByArn.get(arn);
  if (known !== undefined) return known;
  const [prefix, , service, region, account, name, ...rest] = arn.split(':');
  if (prefix !== 'arn' || service !== 'sqs' || rest.length > 0) return undefined;
  if (region === undefined || account === undefined || name === undefined) return undefined;
  return state.queues.get(queueKey(account, region, name));
}

/** Queues of one account and region, by name. */
export function queuesOf(state: SqsState, account: string, region: string): Queue[] {
  const found: Queue[] = [];
  for (const queue of state.queues.values()) {
    if (queue.account === account && queue.region === region) found.push(queue);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Makes a queue known. */
export function addQueue(state: SqsState, queue: Queue): void {
  state.queues.set(queueKey(queue.account, queue.region, queue.name), queue);
  state.queuesById.set(queue.id, queue);
  state.queuesByArn.set(queue.arn, queue);
}

/** Makes a queue unknown. */
export function removeQueue(state: SqsState, queue: Queue): void {
  state.queues.delete(queueKey(queue.account, queue.region, queue.name));
  state.queuesById.delete(queue.id);
  state.queuesByArn.delete(queue.arn);
}
