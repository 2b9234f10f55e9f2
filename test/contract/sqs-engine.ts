import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock, Scheduled } from '../../src/lib/engine/clock.ts';
import { type RunningEngine, type StartOptions, startEngine } from '../../src/lib/engine/server.ts';

/** A clock that stands still until it is told to go on; what is due runs in order on the way. */
export interface TestClock extends Clock {
  /** Goes on by that many seconds. */
  advance(seconds: number): void;
}

export function testClock(): TestClock {
  let now = Date.now();
  const tasks = new Set<{ time: number; task: () => void }>();
  const clock: TestClock = {
    now: () => now,
    schedule(time, task): Scheduled {
      const entry = { time, task };
      tasks.add(entry);
      return { cancel: () => tasks.delete(entry) };
    },
    stop: () => tasks.clear(),
    advance(seconds) {
      const end = now + seconds * 1000;
      for (;;) {
        const next = [...tasks].sort((a, b) => a.time - b.time)[0];
        if (next === undefined || next.time > end) break;
        tasks.delete(next);
        now = Math.max(now, next.time);
        next.task();
      }
      now = end;
    },
  };
  return clock;
}

export interface SqsEngine {
  readonly running: RunningEngine;
  readonly sqs: SQSClient;
  /** A client of another account or region. */
  client(options: { account?: string; region?: string }): SQSClient;
  stop(): Promise<void>;
}

/** An engine on a free port with a client of account 111122223333 in us-east-1. */
export async function sqsEngine(options: StartOptions = {}): Promise<SqsEngine> {
  const bugs: unknown[] = [];
  const running = await startEngine({ ...options, onBug: (error) => bugs.push(error) });
  const clients: SQSClient[] = [];
  const client = ({ account = '111122223333', region = 'us-east-1' } = {}) => {
    const made = new SQSClient({
      endpoint: running.endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    clients.push(made);
    return made;
  };
  return {
    running,
    sqs: client(),
    client,
    async stop() {
      for (const each of clients) each.destroy();
      await running.stop();
      if (bugs.length > 0) throw bugs[0];
    },
  };
}

let names = 0;

/** A queue name that no other test of the file uses. */
export function queueName(suffix = ''): string {
  names += 1;
  return `queue-${names}${suffix}`;
}
