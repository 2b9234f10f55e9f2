import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { requireRole } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { pageEnd, urlId } from '../service/schema-parts.ts';
import { findPayment, findPayments } from './find-payments.ts';
import { payment, paymentPage, paymentQuery } from './schemas.ts';

/** `/payments` and `/payments/:id`, for administrators. */
export function paymentRoutes(
  database: Database,
  authenticate: ServiceContext['authenticate'],
): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/payments',
      describes: {
        summary: 'Find payments',
        access: 'admin',
        query: paymentQuery,
        answer: paymentPage,
      },
      handle: async ({ headers, query }) => {
        requireRole(await authenticate(headers), 'admin');
        const wanted = check(paymentQuery, query, 'query');
        const { payments, next } = await findPayments(database, wanted);
        return jsonAnswer(200, { payments, page: pageEnd(wanted.limit, next) });
      },
    },
    {
      method: 'GET',
      path: '/payments/:id',
      describes: {
        summary: 'Read a payment',
        access: 'admin',
        answer: payment,
        refusals: { 404: 'No such payment' },
      },
      handle: async ({ headers, params }) => {
        requireRole(await authenticate(headers), 'admin');
        const found = await findPayment(database, check(urlId, params.id, 'id'));
        if (found === undefined) {
          throw new Problem(404, 'PaymentNotFound', 'There is no payment with this id.');
        }
        return jsonAnswer(200, found);
      },
    },
  ];
}
