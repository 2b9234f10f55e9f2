import { listPage } from '../list-page.ts';
import { invalid } from './errors.ts';

/** One page of a list; without a token it is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/**
 * The page that a token leads to.
 * @param usual items on a page unless asked otherwise, and at the most.
 * @throws ServiceError `InvalidParameterException`
 */
export function pageOf<Item>(
  all: readonly Item[],
  request: { readonly limit?: number | undefined; readonly nextToken?: string | undefined },
  usual: number,
): Page<Item> {
  const { limit = usual, nextToken } = request;
  if (limit < 1 || limit > usual) throw invalid(`limit must be between 1 and ${usual}`);
  const { items, next } = listPage(all, limit, nextToken, () =>
    invalid('The specified nextToken is invalid.'),
  );
  return next === undefined ? { items } : { items, nextToken: next };
}
