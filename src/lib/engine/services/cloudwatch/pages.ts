import { invalidToken, validationError } from './errors.ts';

const MAX_RECORDS = 100;

/** One page of a list; without a token it is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly NextToken?: string;
}

/**
 * The page that a token leads to: it says how many items were shown.
 * @param size items on a page. @throws ServiceError `InvalidNextToken`
 */
export function pageOf<Item>(
  all: readonly Item[],
  size: number,
  token: string | undefined,
): Page<Item> {
  if (token !== undefined && !/^[1-9]\d{0,8}$/.test(token)) throw invalidToken();
  const start = Number(token ?? 0);
  const end = start + size;
  const items = all.slice(start, end);
  return end >= all.length ? { items } : { items, NextToken: String(end) };
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
