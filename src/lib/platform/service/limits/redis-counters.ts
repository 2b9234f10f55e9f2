import { setTimeout as sleep } from 'node:timers/promises';
import { type Counted, type Counters, createMemoryCounters } from './counters.ts';

/** What is needed of a client of Redis (`createClient` of the package `redis`). */
export interface ScriptRunner {
  readonly isReady: boolean;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

const ADD = `local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return { count, redis.call('pttl', KEYS[1]) }`;
const TAKE_BACK = `if tonumber(redis.call('get', KEYS[1]) or '0') > 0 then redis.call('decr', KEYS[1]) end`;
const RESET = `redis.call('del', KEYS[1])`;

/** Milliseconds that Redis may take; requests wait for it. */
const TIMEOUT_MS = 500;

/**
 * Counters that several processes share. While Redis is away each process counts for itself: a limit is then too
 * generous rather than a service away.
 * @param prefix of its keys
 */
export function createRedisCounters(redis: ScriptRunner, prefix: string): Counters {
  const own = createMemoryCounters();
  const run = async (script: string, key: string, ...rest: string[]): Promise<unknown> => {
    if (!redis.isReady) throw new Error('There is no connection to Redis.');
    const given = new AbortController();
    const late = sleep(TIMEOUT_MS, undefined, { signal: given.signal, ref: false }).then(() => {
      throw new Error('Redis does not answer.');
    });
    const answer = redis.eval(script, { keys: [prefix + key], arguments: rest });
    try {
      return await Promise.race([answer, late]);
    } finally {
      given.abort();
      // The loser of the race has nobody else to listen to it.
      for (const each of [answer, late]) each.catch(() => {});
    }
  };
  return {
    add: async (key, windowMs): Promise<Counted> => {
      try {
        const [count, resetMs] = (await run(ADD, key, String(windowMs))) as [number, number];
        return { count, resetMs };
      } catch {
        return own.add(key, windowMs);
      }
    },
    takeBack: (key) => run(TAKE_BACK, key).then(nothing, () => own.takeBack(key)),
    reset: (key) => run(RESET, key).then(nothing, () => own.reset(key)),
  };
}

function nothing(): void {}
