import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { type Caller, requireRole, requireUser } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { pageEnd, urlId } from '../service/schema-parts.ts';
import { findNotices } from './notice-store.ts';
import { findReceived, findReceivedById } from './received.ts';
import {
  noticePage,
  noticeQuery,
  receivedMessage,
  receivedPage,
  receivedQuery,
} from './schemas.ts';

/** `/notifications`, for users; `/notifications/received`, for administrators and whoever runs the platform. */
export function notificationRoutes(
  database: Database,
  authenticate: ServiceContext['authenticate'],
): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/notifications',
      describes: {
        summary: 'Read what you were told',
        access: 'user',
        query: noticeQuery,
        answer: noticePage,
      },
      handle: async ({ headers, query }) => {
        const { id } = requireUser(await authenticate(headers));
        const wanted = check(noticeQuery, query, 'query');
        const page = pageOf(await findNotices(database, id, wanted), wanted.limit);
        return jsonAnswer(200, { notifications: page.items, page: page.end });
      },
    },
    {
      method: 'GET',
      path: '/notifications/received',
      describes: {
        summary: 'Find messages that were received here',
        access: 'admin',
        query: receivedQuery,
        answer: receivedPage,
      },
      handle: async ({ headers, query }) => {
        requireOperator(await authenticate(headers));
        const wanted = check(receivedQuery, query, 'query');
        const page = pageOf(await findReceived(database, wanted), wanted.limit);
        return jsonAnswer(200, { received: page.items, page: page.end });
      },
    },
    {
      method: 'GET',
      path: '/notifications/received/:id',
      describes: {
        summary: 'Read a message that was received here',
        access: 'admin',
        answer: receivedMessage,
        refusals: { 404: 'No such message' },
      },
      handle: async ({ headers, params }) => {
        requireOperator(await authenticate(headers));
        const found = await findReceivedById(database, check(urlId, params.id, 'id'));
        if (found === undefined) {
          throw new Problem(404, 'MessageNotFound', 'There is no message with this id.');
        }
        return jsonAnswer(200, found);
      },
    },
  ];
}

/** Who shows this service's own secret runs the platform. @throws Problem 403 */
function requireOperator(caller: Caller): void {
  if (caller.kind === 'service' && caller.id === 'notifications') return;
  requireRole(caller, 'admin');
}

/** @param found with one more than `limit` where there is a next page */
function pageOf<T extends { readonly id: number }>(found: readonly T[], limit: number) {
  const items = found.slice(0, limit);
  return { items, end: pageEnd(limit, found.length > limit ? items.at(-1)?.id : undefined) };
}
