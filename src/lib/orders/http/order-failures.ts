import { isLocked, isOutage, temporary } from '../../http/failures.ts';
import type { Problem } from '../../http/problem.ts';
import { OrderBusyError } from '../order-store.ts';

/** What the order API answers to errors of its store; undefined for all others. */
export function orderProblem(thrown: unknown): Problem | undefined {
  if (thrown instanceof OrderBusyError || isLocked(thrown)) return busy();
  const { code, statusCode } = thrown as { code?: unknown; statusCode?: number };
  // Refusals of the server framework have a status, or a code of its own.
  if (statusCode !== undefined || String(code).startsWith('FST_')) return undefined;
  if (isOutage(thrown)) {
    return temporary('DatabaseUnavailable', 'The orders can not be reached just now.');
  }
  return undefined;
}

/** 503 where somebody else holds what a request would change. */
export function busy(): Problem {
  return temporary('OrderBusy', 'Somebody else changes this order just now: try again.');
}
