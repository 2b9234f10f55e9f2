import { PAGE_PREFIX } from '../../process/page-address.ts';

/** Where the page itself is; its files lie below it. */
export const UI_PREFIX = `${PAGE_PREFIX}/`;
/** Below this path lies everything of the page's API: `GET /_pubsub/ui/api/overview`. */
export const API_PREFIX = `${UI_PREFIX}api/`;
/**
 * The header that carries the session token. The printed address has it in its fragment (`…/_pubsub/ui/#session=TOKEN`),
 * which no server, log or `Referer` sees. The page keeps it in `sessionStorage` and takes it out of the address bar. It
 * is not a cookie: cookies of 127.0.0.1 go to every port of the machine, `sessionStorage` belongs to one origin, and no form
 * or foreign page can send a header of its own.
 */
export const SESSION_HEADER = 'X-Pubsub-Session';
export { SESSION_FRAGMENT } from '../../process/page-address.ts';

/**
 * Every failure, with a status of 400 and above. `SessionRequired` (401): no token or a wrong one.
 * `WritesNotAllowed` (403): `pubsub ui` on AWS without `--allow-writes`. `ForeignRequest` (403): Host or Origin are not
 * the page's. `EngineGone` (503): the target doesn't answer; try again.
 */
export interface ApiFailure {
  readonly error: {
    readonly code: string;
    /** A sentence. */
    readonly message: string;
    /** What to do, mostly a command; null where nothing is known. */
    readonly hint: string | null;
  };
}

/** `GET session`: what this page may do. It needs no token and never fails. */
export interface Session {
  /** Whether the token that came with the request is the right one; false without one. */
  readonly authorized: boolean;
  /** Whether reading needs the token too: it does unless the page is served by the engine itself. */
  readonly readsNeedToken: boolean;
  /** Whether requests that change something are answered, given the token. */
  readonly writesAllowed: boolean;
  /** What gives a page that may change things: `pubsub ui --target aws --allow-writes`. */
  readonly command: string;
  /** Of this program. */
  readonly version: string;
}
