import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../lib/model/errors.ts';
import type { OutboxStatus, RetriedEvent } from '../../lib/model/outbox-status.ts';
import type { CommandContext } from '../command.ts';

/** An outbox, wherever it is kept. */
export interface Outbox {
  /** Where, for people. */
  readonly place: string;
  /** Whether a server answers for it, which publishes what is due. */
  readonly served: boolean;
  status(shown: number): Promise<OutboxStatus>;
  retry(ids: readonly string[] | undefined): Promise<readonly RetriedEvent[]>;
  close(): Promise<void>;
}

/**
 * Opens the outbox of the order database: that of DATABASE_URL, or the embedded one.
 * @throws AppError `NoOrders` where there is none yet, or what the database can't be opened for.
 */
export async function openOutbox({ settings }: CommandContext): Promise<Outbox> {
  const url = settings.env.DATABASE_URL || undefined;
  const folder = join(settings.stateDir, 'orders');
  if (url === undefined && !existsSync(folder)) throw noOrders();
  const [{ openDatabase }, { readOutboxStatus, retryFailing }] = await Promise.all([
    import('../../lib/orders/database.ts'),
    import('../../lib/orders/outbox-status.ts'),
  ]);
  const database = await openDatabase({ url, folder });
  return {
    place: database.place,
    served: false,
    status: (shown) => readOutboxStatus(database, shown),
    retry: (ids) => retryFailing(database, ids),
    close: () => database.close(),
  };
}

function noOrders(): AppError {
  return new AppError({
    code: 'NoOrders',
    message: 'There are no orders yet, and so no outbox.',
    hint: 'Start the order API with: pubsub serve',
  });
}
