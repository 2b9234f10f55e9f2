import { databaseProblem } from '../../database/database-problem.ts';
import { withinCheckTime } from '../../http/ready-check.ts';
import type { OutboxLag } from '../../outbox/outbox-counts.ts';

/** Seconds that an event may wait before the server counts as behind. */
export const READY_LAG_SECONDS = 60;

/** One part of what a server needs. */
export interface ReadyCheck {
  readonly ok: boolean;
  /** What is wrong, for people. */
  readonly message?: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: {
    readonly database: ReadyCheck;
    readonly outbox: ReadyCheck & Partial<OutboxLag>;
    readonly topic: ReadyCheck;
  };
}

export interface ReadinessSources {
  /** Looks at the outbox, and with that at the database. */
  readonly lag: () => Promise<OutboxLag>;
  /** Looks for the topic. */
  readonly topic: () => Promise<ReadyCheck>;
}

/** Milliseconds for which one look counts: probes may come as often as they like. */
const LOOK_KEPT_MS = 1_000;

/** Looks at most once in `LOOK_KEPT_MS`, however often it is asked, and never twice at a time. */
export function createReadiness(sources: ReadinessSources): () => Promise<Readiness> {
  let look: Promise<Readiness> | undefined;
  return () => {
    look ??= readReadiness(sources).finally(() => {
      const timer = setTimeout(() => {
        look = undefined;
      }, LOOK_KEPT_MS);
      timer.unref();
    });
    return look;
  };
}

/** Whether orders are stored, their events get through, and there is a topic for them. Never throws. */
async function readReadiness({ lag, topic }: ReadinessSources): Promise<Readiness> {
  const [outbox, found] = await Promise.all([
    withinCheckTime(lag()).then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error: databaseProblem(error) }),
    ),
    withinCheckTime(topic()).catch((error: unknown) => ({
      ok: false,
      message: databaseProblem(error),
    })),
  ]);
  const checks = {
    database: outbox.value ? { ok: true } : { ok: false, message: outbox.error },
    outbox: outbox.value ? outboxCheck(outbox.value) : { ok: false, message: 'is not known' },
    topic: found,
  };
  return { ready: Object.values(checks).every(({ ok }) => ok), checks };
}

function outboxCheck(lag: OutboxLag): Readiness['checks']['outbox'] {
  if ((lag.oldestAgeSeconds ?? 0) <= READY_LAG_SECONDS) return { ok: true, ...lag };
  const message = `the oldest event has waited for more than ${READY_LAG_SECONDS} s`;
  return { ok: false, message, ...lag };
}
