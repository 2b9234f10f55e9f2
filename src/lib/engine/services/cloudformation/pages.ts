import { invalid } from './errors.ts';

const PAGE = 100;

/** One page of a list. The token is opaque to clients. @throws ServiceError `ValidationError` for another one. */
export function pageOf<Item>(
  all: readonly Item[],
  token: string | undefined,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const start = token === undefined || token === '' ? 0 : readToken(token);
  const end = start + PAGE;
  const items = all.slice(start, end);
  return end < all.length ? { items, NextToken: writeToken(end) } : { items };
}

function writeToken(start: number): string {
  return Buffer.from(`from:${start}`).toString('base64');
}

function readToken(token: string): number {
  const start = /^from:(\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (start === undefined) throw invalid('The NextToken is not valid.');
  return Number(start);
}
