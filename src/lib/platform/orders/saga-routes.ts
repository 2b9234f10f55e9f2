import type { Database } from '../../database/database.ts';
import { type ApiRequest, type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { type Caller, requireRole } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { pageEnd } from '../service/schema-parts.ts';
import { sagaBody } from './saga/saga-json.ts';
import { findSaga } from './saga/saga-rows.ts';
import { findSagas, retrySaga } from './saga/saga-store.ts';
import { saga, sagaPage, sagaQuery } from './schemas.ts';

/** What the saga routes work with. */
export interface SagaRoutes {
  readonly database: Database;
  readonly authenticate: ServiceContext['authenticate'];
  /** Told when a saga was made due. */
  readonly onDue: () => void;
}

const UNKNOWN = { 404: 'No such saga' };

/** `/sagas` and `/sagas/:id`: people see their own; administrators and services see all, and retry them. */
export function sagaRoutes({ database, authenticate, onDue }: SagaRoutes): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/sagas',
      describes: {
        summary: 'Find sagas of orders',
        access: 'user',
        query: sagaQuery,
        answer: sagaPage,
      },
      handle: async ({ headers, query }) => {
        const mine = ownOnly(await authenticate(headers));
        const wanted = check(sagaQuery, query, 'query');
        const { sagas, next } = await findSagas(database, { ...wanted, user_id: mine });
        return jsonAnswer(200, { sagas: sagas.map(sagaBody), page: pageEnd(wanted.limit, next) });
      },
    },
    {
      method: 'GET',
      path: '/sagas/:id',
      describes: {
        summary: 'Read how an order is getting on',
        access: 'user',
        answer: saga,
        refusals: UNKNOWN,
      },
      handle: async (request) => {
        const mine = ownOnly(await authenticate(request.headers));
        const found = await findSaga(database, sagaId(request));
        const isHidden = mine !== undefined && found?.userId !== mine;
        if (found === undefined || isHidden) throw unknownSaga();
        return jsonAnswer(200, sagaBody(found));
      },
    },
    {
      method: 'POST',
      path: '/sagas/:id/retry',
      describes: {
        summary: 'Try again what could not be undone',
        access: 'admin',
        status: 202,
        answer: saga,
        refusals: { ...UNKNOWN, 409: 'It has ended' },
      },
      handle: async (request) => {
        const caller = await authenticate(request.headers);
        if (caller.kind === 'user') requireRole(caller, 'admin');
        const outcome = await retrySaga(database, sagaId(request));
        if (outcome.kind === 'unknown') throw unknownSaga();
        if (outcome.kind === 'ended') {
          const message = `The saga is ${outcome.state}: there is nothing to try again.`;
          throw new Problem(409, 'SagaEnded', message);
        }
        onDue();
        return jsonAnswer(202, sagaBody(outcome.saga));
      },
    },
  ];
}

/** The user whose sagas and orders alone a caller may see; undefined for all of them. */
export function ownOnly(caller: Caller): number | undefined {
  return caller.kind === 'user' && !caller.roles.includes('admin') ? caller.id : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id that can't be one names no saga. */
function sagaId({ params: { id = '' } }: ApiRequest): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw unknownSaga();
}

function unknownSaga(): Problem {
  return new Problem(404, 'SagaNotFound', 'There is no saga with this id.');
}
