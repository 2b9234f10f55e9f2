/** The groups of a FIFO queue whose first message failed and has not been dealt with since. */
export interface FailingGroups {
  /** @param seconds until the message can come again, from 0. */
  failed(group: string, seconds: number): void;
  /** A message of the group was handled. */
  passed(group: string): void;
  /** Whether there is one now. */
  readonly some: boolean;
}

/** Seconds for which a failed message is waited for once it can come again: others may have it, or its DLQ. */
const MISSED = 60;

/**
 * Remembers failing groups. While there is one, a receive should ask for a single message: SQS would hand out those
 * behind the failed one with it, and count that receive for each of them. They would use up their receives, and be moved
 * to the dead-letter queue without having been tried ("FIFO queue delivery logic", "Using dead-letter queues").
 */
export function createFailingGroups(now = () => performance.now()): FailingGroups {
  const until = new Map<string, number>();
  return {
    failed: (group, seconds) => void until.set(group, now() + (seconds + MISSED) * 1000),
    passed: (group) => void until.delete(group),
    get some() {
      for (const [group, end] of until) {
        if (now() < end) return true;
        until.delete(group);
      }
      return false;
    },
  };
}
