/** Calls in flight at once: enough to hide the round trips, and far from what AWS throttles. */
export const MAX_PARALLEL_CALLS = 12;

/** Runs a task when a place is free. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** A gate that lets at most `places` tasks run at once; the others wait in order. */
export function createLimit(places: number = MAX_PARALLEL_CALLS): Limit {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** Like Promise.all, but what has begun is over before a failure is thrown: nothing goes on behind the caller's back. */
export async function allSettled<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(tasks);
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}
