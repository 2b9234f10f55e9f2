import { listPage } from '../list-page.ts';
import { badRequest } from './errors.ts';

/** What a list is asked for with. */
export interface PageInput {
  readonly maxResults?: string;
  readonly nextToken?: string;
}

/** One page of a list, as it is answered. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

const MAX_RESULTS = 500;

/** The page that is asked for, of at most 500. @throws ServiceError `BadRequestException` */
export function pageOf<Item>(
  all: readonly Item[],
  { maxResults = String(MAX_RESULTS), nextToken = '' }: PageInput,
): Page<Item> {
  const most = Number(maxResults);
  if (!Number.isInteger(most) || most < 1 || most > MAX_RESULTS) {
    throw badRequest(`Invalid maxResults specified: ${maxResults}`);
  }
  const token = nextToken === '' ? undefined : nextToken;
  const { items, next } = listPage(all, most, token, () =>
    badRequest('Invalid nextToken specified'),
  );
  return next === undefined ? { items } : { items, nextToken: next };
}
