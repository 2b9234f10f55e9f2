import { listPage } from '../list-page.ts';
import { constraint, invalid } from './errors.ts';

/** One page of a list; without a marker it is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly NextMarker?: string;
}

/** "up to 50 items" (API reference, `ListFunctions`): more are never on a page. */
const PAGE_SIZE = 50;

/**
 * The page that a marker leads to.
 * @param most that may be on a page.
 * @throws ServiceError `ValidationException`, `InvalidParameterValueException`
 */
export function pageOf<Item>(
  all: readonly Item[],
  { MaxItems = PAGE_SIZE, Marker }: { readonly MaxItems?: number; readonly Marker?: string },
  most = PAGE_SIZE,
): Page<Item> {
  if (!(MaxItems >= 1))
    throw constraint('maxItems', MaxItems, 'have value greater than or equal to 1');
  if (MaxItems > 10_000) {
    throw constraint('maxItems', MaxItems, 'have value less than or equal to 10000');
  }
  const { items, next } = listPage(all, Math.min(MaxItems, most), Marker, () =>
    invalid(`Invalid marker: ${Marker}`),
  );
  return next === undefined ? { items } : { items, NextMarker: next };
}
