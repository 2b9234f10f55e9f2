import type { Command } from 'commander';
import type { Database } from '../../lib/database/database.ts';
import type { ServerLog } from '../../lib/http/server-log.ts';
import type { OrderServerOptions } from '../../lib/orders/http/server.ts';
import type { Relay } from '../../lib/outbox/relay.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { commandLine } from '../command-line.ts';
import type { ServeRequest } from './request.ts';
import type { ServedTopic } from './topic.ts';

/** Starts the relay of a server. Its log says when topic or database are away, and when they are back. */
export async function startRelay(
  command: Command,
  { keepSeconds }: ServeRequest,
  database: Database,
  topic: ServedTopic,
  log: ServerLog,
): Promise<{ relay: Relay; counts: OrderServerOptions['relay'] }> {
  const { startRelay } = await import('../../lib/outbox/relay.ts');
  const counts = { published: 0, failures: 0 };
  const relay = startRelay({
    database,
    publisher: topic.publisher,
    ...(keepSeconds !== undefined && { keepSeconds }),
    onTrouble: (what, error) => {
      const setup =
        error instanceof AppError && error.code === 'TopicNotFound'
          ? ` Create it with: ${commandLine(command, 'setup')}`
          : '';
      const rest =
        what === 'topic'
          ? ` Events wait in the outbox.${setup}`
          : ' Trying again until it answers.';
      log({ kind: 'warning', message: error.message + rest });
    },
    onRecovered: (what) =>
      log({
        kind: 'note',
        message: what === 'topic' ? 'Events get through again' : 'The database answers again',
      }),
    onRound: ({ delivered, refused }) => {
      counts.published += delivered;
      counts.failures += refused;
    },
  });
  return { relay, counts: () => counts };
}

/** Starts what forgets old keys and tidies the database. @returns what ends it */
export async function runHousekeeping(database: Database): Promise<() => Promise<void>> {
  const { runHousekeeping } = await import('../../lib/orders/housekeeping.ts');
  const stop = new AbortController();
  const kept = runHousekeeping(database, stop.signal);
  return () => {
    stop.abort();
    return kept;
  };
}

/** Says how many events a server that stops leaves behind. Never throws: the database may be away. */
export async function logWaitingEvents(database: Database, log: ServerLog): Promise<void> {
  const { readOutboxLag } = await import('../../lib/outbox/outbox-status.ts');
  const lag = await readOutboxLag(database).catch(() => undefined);
  if (lag === undefined) {
    const message = 'The outbox could not be read: events may wait in it.';
    log({ kind: 'warning', message: `${message} See: pubsub outbox status` });
  } else if (lag.waiting > 0) {
    const events = lag.waiting === 1 ? '1 event waits' : `${lag.waiting} events wait`;
    const message = `${events} in the outbox, unpublished. They are kept, and published when pubsub serve runs again.`;
    log({ kind: 'warning', message });
  }
}
