import { invalidToken } from './errors.ts';

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
