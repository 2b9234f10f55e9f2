/** Below it lies the page. */
export const PAGE_PREFIX = '/_pubsub/ui';

/** The name of the session token in the printed address's fragment. */
export const SESSION_FRAGMENT = 'session';

/** The address of a page with its session token. @param origin without a slash at its end. */
export function pageUrl(origin: string, token: string): string {
  return `${origin}${PAGE_PREFIX}/#${SESSION_FRAGMENT}=${token}`;
}
