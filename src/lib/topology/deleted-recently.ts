import { isDeletedRecently } from '../aws/queues.ts';
import { QUEUE_DELETED_RECENTLY_SECONDS } from '../rules/limits.ts';
import { pause } from './pause.ts';

/** Seconds between two tries; the name may be free long before the whole minute is over. */
const RETRY_SECONDS = 3;
/** AWS counts its minute a little differently than we do. */
const GRACE_SECONDS = 15;

/** Between the first refusal and the first tick, in milliseconds. */
const GATHER_MS = 100;

/** One wait for all queues that were deleted too recently to be created again, with one countdown. */
export interface DeletedRecentlyWait {
  /**
   * Tries until the name is free.
   * @throws what `create` throws for another reason, or still does 75 s after the first refusal, or once stopped.
   */
  until<T>(queue: string, create: () => Promise<T>): Promise<T>;
}

/**
 * Waits out `QueueDeletedRecently`: a name is free again 60 seconds after its queue was deleted (`CreateQueue`).
 * @param onTick told each second which queues wait and how many seconds at most are left (0 when it may take longer).
 */
export function waitForNames(
  onTick: (queues: readonly string[], secondsLeft: number) => void,
  stop: AbortSignal | undefined,
): DeletedRecentlyWait {
  const waiting = new Set<string>();
  let since: number | undefined;
  let turn: Promise<void> | undefined;

  const elapsed = (): number => (Date.now() - (since ?? Date.now())) / 1000;
  const nextTurn = async (): Promise<void> => {
    // The queues of one try are refused one after the other: the first tick tells of all.
    await pause(GATHER_MS, stop);
    for (let second = 0; second < RETRY_SECONDS && !stop?.aborted; second++) {
      onTick([...waiting], Math.max(0, Math.ceil(QUEUE_DELETED_RECENTLY_SECONDS - elapsed())));
      await pause(1000, stop);
    }
    turn = undefined;
  };
  return {
    async until(queue, create) {
      for (;;) {
        try {
          const created = await create();
          waiting.delete(queue);
          return created;
        } catch (error) {
          const tooLong = elapsed() > QUEUE_DELETED_RECENTLY_SECONDS + GRACE_SECONDS;
          if (!isDeletedRecently(error) || tooLong || stop?.aborted) throw error;
        }
        since ??= Date.now();
        waiting.add(queue);
        turn ??= nextTurn();
        await turn;
      }
    },
  };
}
