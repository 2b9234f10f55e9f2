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
  const start = nextToken === '' ? 0 : Number(Buffer.from(nextToken, 'base64').toString());
  if (!Number.isInteger(start) || start < 0) throw badRequest('Invalid nextToken specified');
  const end = start + most;
  const items = all.slice(start, end);
  if (end >= all.length) return { items };
  return { items, nextToken: Buffer.from(String(end)).toString('base64') };
}
