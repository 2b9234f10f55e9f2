import { Problem } from '../../http/problem.ts';

/**
 * Does work for a client, unless so much is being done for it already.
 * @param client such as `user:7`. @throws Problem 429
 */
export type AtOnce = <T>(client: string, work: () => Promise<T>) => Promise<T>;

/**
 * Bounds what is asked of services for one client at a time: nobody alone keeps them so busy that they answer all others too
 * late, and breakers open. It counts to the end of the work, also where the client went away meanwhile.
 * @param most requests; 0 for no bound
 */
export function createAtOnce(most: number): AtOnce {
  const inHand = new Map<string, number>();
  return async (client, work) => {
    const before = inHand.get(client) ?? 0;
    if (most > 0 && before >= most) {
      throw new Problem(429, 'too_many_at_once', `No more than ${most} requests at a time.`, {
        headers: { 'retry-after': '1' },
      });
    }
    inHand.set(client, before + 1);
    try {
      return await work();
    } finally {
      const left = (inHand.get(client) ?? 1) - 1;
      if (left > 0) inHand.set(client, left);
      else inHand.delete(client);
    }
  };
}
