import type { Live } from './live/live.ts';
import type { DashboardTarget } from './target.ts';

/** What the page talks to, what it may do there, and what happens there. */
export interface Dashboard extends DashboardTarget {
  readonly access: Access;
  readonly live: Live;
}

/** Who may do what. */
export interface Access {
  /** What a request has to show, in `SESSION_HEADER`; at least 128 random bits. */
  readonly token: string;
  /** Whether reading needs the token too. */
  readonly readsNeedToken: boolean;
  /** Whether requests that change something are answered at all. */
  readonly writesAllowed: boolean;
  /** What gives a page that may change things. */
  readonly command: string;
  /** Of this program. */
  readonly version: string;
}
