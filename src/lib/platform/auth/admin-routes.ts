import type { IncomingHttpHeaders } from 'node:http';
import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { Problem } from '../../http/problem.ts';
import { type Caller, requireRole } from '../service/caller.ts';
import { setRoles } from './account-store.ts';
import { bodyOf } from './auth-routes.ts';
import { account, rolesBody, rotated } from './schemas.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface AdminRoutes {
  readonly database: Database;
  readonly keys: SigningKeys;
  readonly authenticate: (headers: IncomingHttpHeaders) => Promise<Caller>;
}

/** What people with the role `admin` may do: give roles, and let a new key sign. */
export function adminRoutes({ database, keys, authenticate }: AdminRoutes): ApiRoute[] {
  const forAdmins = (handle: ApiRoute['handle']): ApiRoute['handle'] => {
    return async (request) => {
      requireRole(await authenticate(request.headers), 'admin');
      return handle(request);
    };
  };
  return [
    {
      method: 'PUT',
      path: '/auth/users/:id/roles',
      describes: {
        summary: 'Give somebody roles',
        access: 'admin',
        body: rolesBody,
        answer: account,
        refusals: { 404: 'No such user' },
      },
      handle: forAdmins(async (request) => {
        const { roles } = bodyOf(request, rolesBody);
        const changed = await setRoles(database, idOf(request.params.id), roles);
        if (changed === undefined) throw unknownUser();
        return jsonAnswer(200, changed);
      }),
    },
    {
      method: 'POST',
      path: '/auth/keys/rotate',
      describes: { summary: 'Let a new key sign', access: 'admin', status: 201, answer: rotated },
      handle: forAdmins(async () => jsonAnswer(201, { kid: await keys.rotate() })),
    },
  ];
}

function idOf(text = ''): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw unknownUser();
  return Number(text);
}

function unknownUser(): Problem {
  return new Problem(404, 'user_not_found', 'There is no user with this id.');
}
