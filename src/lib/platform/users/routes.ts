import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { requireRole, requireUser } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { pageEnd } from '../service/schema-parts.ts';
import { preferences, userChange, userQuery } from './schemas.ts';
import { userOf } from './user.ts';
import { changeUser, findUser, findUsers } from './user-store.ts';

/** `/users/me` and its preferences, for users; `/users`, for administrators. */
export function userRoutes(
  database: Database,
  authenticate: ServiceContext['authenticate'],
): ApiRoute[] {
  const idOf = async (headers: Parameters<typeof authenticate>[0]): Promise<number> =>
    requireUser(await authenticate(headers)).id;
  return [
    {
      method: 'GET',
      path: '/users/me',
      handle: async ({ headers }) => {
        const user = await findUser(database, await idOf(headers));
        if (user === undefined) throw notYet();
        return jsonAnswer(200, userOf(user));
      },
    },
    {
      method: 'PATCH',
      path: '/users/me',
      handle: async ({ headers, body }) => {
        const id = await idOf(headers);
        const change = check(userChange, body, 'body');
        return jsonAnswer(200, userOf(await changeUser(database, id, () => change)));
      },
    },
    {
      method: 'GET',
      path: '/users/me/preferences',
      handle: async ({ headers }) => {
        const user = await findUser(database, await idOf(headers));
        return jsonAnswer(200, { order_channels: user?.order_channels ?? ['email'] });
      },
    },
    {
      method: 'PUT',
      path: '/users/me/preferences',
      handle: async ({ headers, body }) => {
        const id = await idOf(headers);
        const { order_channels } = check(preferences, body, 'body');
        await changeUser(database, id, () => ({ order_channels }));
        return jsonAnswer(200, { order_channels });
      },
    },
    {
      method: 'GET',
      path: '/users',
      handle: async ({ headers, query }) => {
        requireRole(await authenticate(headers), 'admin');
        const wanted = check(userQuery, query, 'query');
        const rows = await findUsers(database, wanted);
        const users = rows.slice(0, wanted.limit).map(userOf);
        const next = rows.length > wanted.limit ? users.at(-1)?.id : undefined;
        return jsonAnswer(200, { users, page: pageEnd(wanted.limit, next) });
      },
    },
  ];
}

function notYet(): Problem {
  return new Problem(404, 'ProfileNotReady', 'Your registration has not arrived here yet.', {
    headers: { 'retry-after': '1' },
  });
}
