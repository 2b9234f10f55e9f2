import { QUEUE_DELETED_RECENTLY_SECONDS } from '../../rules/limits.ts';
import type { Engine } from '../engine.ts';
import { oldestSentAt } from '../services/sqs/queue/settle.ts';
import type { SqsState } from '../services/sqs/state.ts';

/** A queue in figures. Times are milliseconds since the epoch. */
export interface QueueFigures {
  readonly queueArn: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** When the oldest message was sent, received ones included; null for an empty queue. */
  readonly oldestSentAt: number | null;
  /** Messages that ever came in. It may begin anew, lower, when the engine is started again. */
  readonly arrived: number;
  /** Messages that came in and are gone: deleted, moved, expired or purged. */
  readonly left: number;
}

/** A queue whose name can't be taken yet, since it was deleted a moment ago (`CreateQueue`). */
export interface WaitingName {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Milliseconds until the name is free. */
  readonly waitMs: number;
}

/** The figures of every queue, and the engine's time that they hold for. */
export function queueFigures({ clock, sqs }: Engine): {
  readonly time: number;
  readonly queues: readonly QueueFigures[];
  readonly waitingNames: readonly WaitingName[];
} {
  const queues = [...sqs.queues.values()].map((queue): QueueFigures => {
    const { arn, visible, inFlight, delayed, nextSeq } = queue;
    // Messages are numbered from 1 in the order in which they come.
    const oldest = oldestSentAt(queue);
    const arrived = nextSeq - 1;
    return {
      queueArn: arn,
      visible,
      inFlight,
      delayed,
      oldestSentAt: oldest === undefined ? null : clock.timestamp(oldest),
      arrived,
      left: arrived - visible - inFlight - delayed,
    };
  });
  return { time: clock.timestamp(), queues, waitingNames: waitingNames(sqs, clock.now()) };
}

/** None on an engine without these waits. */
function waitingNames({ deletedAt, parts }: SqsState, now: number): WaitingName[] {
  if (!parts.options.strictTimings) return [];
  return [...deletedAt].flatMap(([key, time]) => {
    const waitMs = time + QUEUE_DELETED_RECENTLY_SECONDS * 1000 - now;
    const [account = '', region = '', name = ''] = key.split('/');
    return waitMs > 0 ? [{ account, region, name, waitMs }] : [];
  });
}
