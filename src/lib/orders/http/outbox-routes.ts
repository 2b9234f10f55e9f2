import type { FastifyInstance } from 'fastify';
import type { Database } from '../database.ts';
import { readOutboxStatus, retryFailing } from '../outbox-status.ts';
import { check } from './check.ts';
import { Problem } from './problem.ts';
import { outboxQuery, retryBody } from './schemas.ts';

/** What the outbox routes work with. */
export interface OutboxRoutes {
  readonly database: Database;
  /** Told when events were made due. */
  readonly onEvent: () => void;
}

/**
 * Adds `/outbox` and `/outbox/retry`: what `pubsub outbox` asks a server that has the embedded database to itself.
 * Failures say nothing of an order but its id.
 */
export function addOutboxRoutes(app: FastifyInstance, { database, onEvent }: OutboxRoutes): void {
  app.get('/outbox', async (request) => {
    const { max } = check(outboxQuery, request.query, 'query');
    return readOutboxStatus(database, max);
  });

  app.post('/outbox/retry', async ({ body }) => {
    if (body === undefined) throw new Problem(400, 'MalformedJson', 'The body is missing.');
    const { ids } = check(retryBody, body, 'body');
    const events = await retryFailing(database, ids);
    if (events.length > 0) onEvent();
    return { retried: events.length, events };
  });
}
