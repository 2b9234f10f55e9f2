import { listPage } from '../list-page.ts';
import { invalid } from './errors.ts';

const PAGE = 100;

/** One page of a list. @throws ServiceError `ValidationError` for a token that no page gave out */
export function pageOf<Item>(
  all: readonly Item[],
  given: string | undefined,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const token = given === '' ? undefined : given;
  const { items, next } = listPage(all, PAGE, token, () => invalid('The NextToken is not valid.'));
  return next === undefined ? { items } : { items, NextToken: next };
}
