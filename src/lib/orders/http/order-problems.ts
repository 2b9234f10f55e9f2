import { Problem } from '../../http/problem.ts';

/** A path of one segment below `/orders`, or none: where an order's id is expected. */
const WITHOUT_ID = /^\/orders\/+$/;

/** What a path without a route is answered with where it lacks an order's id; undefined for all others. */
export function missingOrder(path: string): Problem | undefined {
  return WITHOUT_ID.test(path) ? missingId() : undefined;
}

/** 404 for an order that isn't there. */
export function unknownOrder(): Problem {
  return new Problem(404, 'OrderNotFound', 'There is no order with this id.');
}

/** 404 for an order's address without the order's id. */
export function missingId(): Problem {
  return new Problem(
    404,
    'OrderIdMissing',
    'The id of the order is missing from the address: /orders/1, for example.',
  );
}
