import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { requireRole, requireUser } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { pageEnd } from '../service/schema-parts.ts';
import { preferences, user, userChange, userPage, userQuery } from './schemas.ts';
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
      describes: {
        summary: 'Read your profile',
        access: 'user',
        answer: user,
        refusals: { 404: 'Your registration is on its way' },
      },
      handle: async ({ headers }) => {
        const found = await findUser(database, await idOf(headers));
        if (found === undefined) throw notYet();
        return jsonAnswer(200, userOf(found));
      },
    },
    {
      method: 'PATCH',
      path: '/users/me',
      describes: { summary: 'Change your profile', access: 'user', body: userChange, answer: user },
      handle: async ({ headers, body }) => {
        const id = await idOf(headers);
        const change = check(userChange, body, 'body');
        return jsonAnswer(200, userOf(await changeUser(database, id, () => change)));
      },
    },
    {
      method: 'GET',
      path: '/users/me/preferences',
      describes: {
        summary: 'Read how you are told of orders',
        access: 'user',
        answer: preferences,
      },
      handle: async ({ headers }) => {
        const found = await findUser(database, await idOf(headers));
        return jsonAnswer(200, { order_channels: found?.order_channels ?? ['email'] });
      },
    },
    {
      method: 'PUT',
      path: '/users/me/preferences',
      describes: {
        summary: 'Say how you want to be told of orders',
        access: 'user',
        body: preferences,
        answer: preferences,
      },
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
      describes: { summary: 'Find users', access: 'admin', query: userQuery, answer: userPage },
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
