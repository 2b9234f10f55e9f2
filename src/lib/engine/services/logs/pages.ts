import { invalid } from './errors.ts';

/** One page of a list; without a token it is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/**
 * The page that a token leads to: it says how many items were shown.
 * @param usual items on a page unless asked otherwise, and at the most.
 * @throws ServiceError `InvalidParameterException`
 */
export function pageOf<Item>(
  all: readonly Item[],
  request: { readonly limit?: number | undefined; readonly nextToken?: string | undefined },
  usual: number,
): Page<Item> {
  const { limit = usual, nextToken = '0' } = request;
  if (limit < 1 || limit > usual) throw invalid(`limit must be between 1 and ${usual}`);
  if (!/^\d{1,9}$/.test(nextToken)) throw invalid('The specified nextToken is invalid.');
  const start = Number(nextToken);
  const end = start + limit;
  const items = all.slice(start, end);
  return end >= all.length ? { items } : { items, nextToken: String(end) };
}
