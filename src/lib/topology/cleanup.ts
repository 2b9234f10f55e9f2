import type { Aws } from '../aws/clients.ts';
import { deleteQueue } from '../aws/queues.ts';
import { unsubscribe } from '../aws/subscriptions.ts';
import { deleteTopic } from '../aws/topics.ts';
import type { Resource } from './change.ts';
import type { Place } from './inspect.ts';
import { pause } from './pause.ts';
import { DELETION_ORDER, type Remain } from './remain.ts';
import { findRemains, type Remains } from './remains.ts';
import { createSteps, NotBegun } from './steps.ts';

/** What is told while a cleanup runs. */
export type CleanupEvent =
  | { readonly kind: 'deleted'; readonly resource: Resource }
  | {
      readonly kind: 'rereading';
      /** What still shows, though it was deleted. */
      readonly left: readonly Resource[];
    };

/** How a cleanup ended. */
export interface CleanupResult {
  /** In the order in which it was done. */
  readonly deleted: readonly Resource[];
  /** What is there at the end, as read again: ours first, then what isn't ours. */
  readonly remains: Remains;
  /** Whether the last reading found nothing of ours. */
  readonly verified: boolean;
  readonly interrupted: boolean;
}

/**
 * Seconds between readings until nothing shows any more. AWS takes up to 60 s to delete a queue (`DeleteQueue`), and
 * answers about it until then.
 */
const REREAD_SECONDS = [0.5, 1, 2, 4, 8, 15, 30, 10] as const;

/**
 * Deletes what was found, kind by kind, then reads again until nothing of it shows. What turns up in between is
 * deleted as well. Killed halfway, the next run finds what is left.
 *
 * @param options.stop keeps further deletions from beginning; those that run are finished.
 * @throws AppError of the first deletion that failed.
 */
export async function cleanUp(
  place: Place,
  found: Remains,
  options: {
    includeUntagged: boolean;
    stop?: AbortSignal | undefined;
    onEvent?: (event: CleanupEvent) => void;
  },
): Promise<CleanupResult> {
  const { stop, onEvent = () => {} } = options;
  const deleted: Resource[] = [];
  const gone = new Set<string>();
  let remains = found;
  for (const seconds of [0, ...REREAD_SECONDS]) {
    if (remains.ours.length === 0 && seconds > 0) break;
    if (seconds > 0) {
      onEvent({ kind: 'rereading', left: remains.ours });
      await pause(seconds * 1000, stop);
      if (stop?.aborted) return { deleted, remains, verified: false, interrupted: true };
    }
    const steps = createSteps(stop, ({ type, name }) =>
      onEvent({ kind: 'deleted', resource: { type, name } }),
    );
    const interrupted = await deleteAll(place.aws, remains.ours, gone, steps);
    deleted.push(...steps.done.map(({ type, name }) => ({ type, name })));
    remains = await findRemains(place, options);
    if (interrupted) {
      return { deleted, remains, verified: remains.ours.length === 0, interrupted: true };
    }
  }
  return { deleted, remains, verified: remains.ours.length === 0, interrupted: false };
}

/** @returns whether an interrupt kept it from beginning all of it. */
async function deleteAll(
  aws: Aws,
  remains: readonly Remain[],
  gone: Set<string>,
  steps: ReturnType<typeof createSteps>,
): Promise<boolean> {
  try {
    for (const type of DELETION_ORDER) {
      // What was deleted and still shows is not deleted again, only looked at again.
      const next = remains.filter((each) => each.type === type && !gone.has(each.handle));
      await steps.all(
        next.map((remain) =>
          steps.run(remain, async () => {
            await deleteOne(aws, remain);
            gone.add(remain.handle);
          }),
        ),
      );
    }
  } catch (error) {
    if (error instanceof NotBegun) return true;
    throw error;
  }
  return false;
}

async function deleteOne(aws: Aws, { type, handle }: Remain): Promise<void> {
  if (type === 'subscription') await unsubscribe(aws, handle);
  else if (type === 'topic') await deleteTopic(aws, handle);
  else if (type === 'queue' || type === 'dlq') await deleteQueue(aws, handle);
  else {
    const { deleteFunctionPart } = await import('./functions/delete.ts');
    await deleteFunctionPart(aws, type, handle);
  }
}
