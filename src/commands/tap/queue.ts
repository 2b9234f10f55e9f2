import type { Aws } from '../../lib/aws/clients.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';
import type { RealFilter } from '../../lib/topology/real-filter.ts';
import type { TemporaryQueue } from '../../lib/topology/temporary-queue.ts';
import type { CommandContext } from '../command.ts';

/** Seconds after which others may remove the queue of a tap that was killed. */
const LIFETIME = 1800;
/** Seconds between two renewals: several may fail. */
const RENEWAL = 600;

/**
 * Runs work on a temporary queue that the topic delivers to, and removes it afterwards, however the work ends. The
 * queue's expiry is put off for as long as it takes.
 * @returns what the work gave, and whether the queue could be removed.
 * @throws AppError when the queue can't be made, or what the work throws.
 */
export async function withTapQueue<T>(
  { printer }: CommandContext,
  place: { readonly aws: Aws; readonly topology: Topology; readonly topicArn: string },
  filter: RealFilter,
  work: (queue: TemporaryQueue) => Promise<T>,
): Promise<{ readonly outcome: T; readonly removed: boolean }> {
  const { createTemporaryQueue, removeTemporaryQueue, renewTemporaryQueue } = await import(
    '../../lib/topology/temporary-queue.ts'
  );
  const { aws } = place;
  const queue = await createTemporaryQueue({
    ...place,
    ...filter,
    purpose: 'tap',
    lifetime: LIFETIME,
  });
  const renew = (): void => {
    renewTemporaryQueue(aws, queue, LIFETIME).catch((error: unknown) =>
      printer.detail(`The queue's expiry was not put off: ${String(error)}`),
    );
  };
  const renewing = setInterval(renew, RENEWAL * 1000);
  const remove = async (): Promise<boolean> => {
    clearInterval(renewing);
    try {
      await removeTemporaryQueue(aws, queue);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      printer.warn(`The temporary queue ${queue.name} is still there. ${error.message}`);
      printer.warn('Setup, tap and cleanup remove it once it has expired, in half an hour.');
      return false;
    }
  };
  let outcome: T;
  try {
    outcome = await work(queue);
  } catch (error) {
    await remove();
    throw error;
  }
  return { outcome, removed: await remove() };
}

/** What a failed tap says: its queue is not a queue that setup makes. */
export function tapFailure(error: AppError): AppError {
  if (error.code !== 'QueueNotFound') return error;
  return new AppError({
    code: 'TapRemoved',
    message: 'The temporary queue of this tap is gone: somebody cleaned up.',
    hint: 'Start the tap again.',
    exitCode: EXIT.failed,
    cause: error,
  });
}
