/** One page of a list, and the token that leads to the next; without one it is the last. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/**
 * The page that a token leads to. Tokens are opaque to clients; they hold how many items were shown.
 *
 * @param size items on a page, from 1.
 * @param token undefined for the first page.
 * @param refusal the error for a token that no page gave out.
 */
export function listPage<Item>(
  all: readonly Item[],
  size: number,
  token: string | undefined,
  refusal: () => Error,
): ListPage<Item> {
  const start = token === undefined ? 0 : readToken(token);
  if (start === undefined) throw refusal();
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? writeToken(end) : undefined };
}

function writeToken(shown: number): string {
  return Buffer.from(String(shown)).toString('base64');
}

function readToken(token: string): number | undefined {
  const text = Buffer.from(token, 'base64').toString();
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
