import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { retryFailing } from '../../outbox/outbox-status.ts';
import { readOrderOutbox } from '../order-outbox.ts';
import { outboxQuery, retryBody } from './schemas.ts';

/** What the outbox routes work with. */
export interface OutboxRoutes {
  readonly database: Database;
  /** Told when events were made due. */
  readonly onEvent: () => void;
}

/**
 * `/outbox` and `/outbox/retry`: what `pubsub outbox` asks a server that has the embedded database to itself. Failures
 * say nothing of an order but its id.
 */
export function outboxRoutes({ database, onEvent }: OutboxRoutes): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/outbox',
      handle: async ({ query }) => {
        const { max } = check(outboxQuery, query, 'query');
        return jsonAnswer(200, await readOrderOutbox(database, max));
      },
    },
    {
      method: 'POST',
      path: '/outbox/retry',
      handle: async ({ body }) => {
        if (body === undefined) throw new Problem(400, 'MalformedJson', 'The body is missing.');
        const { ids } = check(retryBody, body, 'body');
        const events = await retryFailing(database, ids);
        if (events.length > 0) onEvent();
        return jsonAnswer(200, { retried: events.length, events });
      },
    },
  ];
}
