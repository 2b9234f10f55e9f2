import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';
import type { Outbox } from './opened.ts';
import { servedOutbox } from './served.ts';

/**
 * Opens the outbox of the order database: that of DATABASE_URL, or the embedded one. Where a running server has the
 * embedded one to itself, that server is asked.
 * @throws AppError `NoOrders` where there is none yet, or what the database can't be opened for.
 */
export async function openOutbox({ settings, printer }: CommandContext): Promise<Outbox> {
  const url = settings.env.DATABASE_URL || undefined;
  const folder = join(settings.stateDir, 'orders');
  if (url === undefined && !existsSync(folder)) throw noOrders();
  const [{ openOrderDatabase }, { readOrderOutbox }, { retryFailing }, { readServerRecord }] =
    await Promise.all([
      import('../../lib/orders/open-order-database.ts'),
      import('../../lib/orders/order-outbox.ts'),
      import('../../lib/outbox/outbox-status.ts'),
      import('../../lib/orders/server-record.ts'),
    ]);
  const onWait = (holder: string): void =>
    printer.note(`Waiting to bring the tables up to date: ${holder} holds them.`);
  const database = await openOrderDatabase({ url, folder, onWait }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'DatabaseInUse') return error;
    throw error;
  });
  if (database instanceof AppError) {
    const server = readServerRecord(folder);
    if (server === undefined) throw database;
    return servedOutbox(folder, server.url, settings.env.PUBSUB_API_TOKEN);
  }
  return {
    place: database.place,
    served: false,
    status: (shown) => readOrderOutbox(database, shown),
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
