import type { Engine } from '../engine.ts';
import { oldestSentAt } from '../services/sqs/queue/settle.ts';

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

/** The figures of every queue, and the engine's time that they hold for. */
export function queueFigures({ clock, sqs }: Engine): {
  readonly time: number;
  readonly queues: readonly QueueFigures[];
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
  return { time: clock.timestamp(), queues };
}
