import { listPage } from '../list-page.ts';
import { invalidToken, validationError } from './errors.ts';

const MAX_RECORDS = 100;

/** One page of a list; without a token it is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly NextToken?: string;
}

/**
 * The page that a token leads to.
 * @param size items on a page. @throws ServiceError `InvalidNextToken`
 */
export function pageOf<Item>(
  all: readonly Item[],
  size: number,
  token: string | undefined,
): Page<Item> {
  const { items, next } = listPage(all, size, token, invalidToken);
  return next === undefined ? { items } : { items, NextToken: next };
}

/**
 * The page that a request of `MaxRecords` and `NextToken` asks for.
 * @param usual items on it unless asked otherwise. @throws ServiceError `ValidationError`, `InvalidNextToken`
 */
export function recordsPage<Item>(
  all: readonly Item[],
  request: { readonly MaxRecords?: number | undefined; readonly NextToken?: string | undefined },
  usual: number,
): Page<Item> {
  const { MaxRecords: size = usual, NextToken: token } = request;
  if (size < 1 || size > MAX_RECORDS) {
    throw validationError(`MaxRecords must be between 1 and ${MAX_RECORDS}.`);
  }
  return pageOf(all, size, token);
}
