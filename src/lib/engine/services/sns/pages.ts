import { invalidParameter } from './refusals.ts';

/** Entries on one page of every list action. */
const PAGE = 100;

/**
 * One page of `items`, which come in order of their serials. The token is opaque to clients; it holds the serial of
 * the last entry that was shown, so that nothing is skipped or shown twice when entries come and go meanwhile.
 *
 * @param size entries on the page, from 1
 * @throws ServiceError `InvalidParameter` for a token that no list action gave out
 */
export function page<Item extends { readonly serial: number }>(
  items: Iterable<Item>,
  token: string | undefined,
  size = PAGE,
): { items: Item[]; NextToken?: string } {
  const after = token === undefined || token === '' ? 0 : readToken(token);
  const found: Item[] = [];
  for (const item of items) {
    if (item.serial <= after) continue;
    const last = found[size - 1];
    if (last !== undefined) return { items: found, NextToken: writeToken(last.serial) };
    found.push(item);
  }
  return { items: found };
}

function writeToken(serial: number): string {
  return Buffer.from(`after:${serial}`).toString('base64');
}

function readToken(token: string): number {
  const serial = /^after:(\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (serial === undefined) throw invalidParameter('NextToken');
  return Number(serial);
}
