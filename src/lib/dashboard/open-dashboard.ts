import { randomBytes } from 'node:crypto';
import { SESSION_FRAGMENT, UI_PREFIX } from './api/session.ts';
import { builtFolder } from './built-folder.ts';
import type { Access, Dashboard } from './dashboard.ts';
import { type ServedPage, type ServeOptions, servePage } from './http/server.ts';
import { Live } from './live/live.ts';
import type { DashboardTarget } from './target.ts';

/** A page that is served, and what happens on it. */
export interface OpenDashboard {
  readonly port: number;
  /** With the session token in its fragment, which no server and no log sees. */
  readonly url: string;
  readonly live: Live;
  /** Ends streams and answers, and closes the port. */
  stop(): Promise<void>;
}

/** A session token: 128 random bits, so that the address fits a terminal of 80 columns. */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * Serves the page for a target on 127.0.0.1.
 * @throws the socket's error, such as `EADDRINUSE`.
 */
export async function openDashboard(
  target: DashboardTarget,
  access: Access,
  options: Pick<ServeOptions, 'port' | 'passedBy' | 'onBug'>,
): Promise<OpenDashboard> {
  const live = new Live(target);
  const dashboard: Dashboard = { ...target, access, live };
  const page: ServedPage = await servePage({ ...options, dashboard, files: builtFolder('ui') });
  return {
    port: page.port,
    url: pageUrl(`http://127.0.0.1:${page.port}`, access.token),
    live,
    async stop() {
      await live.stop();
      await page.stop();
    },
  };
}

/** The address of a page with its session token. @param origin without a slash at its end. */
export function pageUrl(origin: string, token: string): string {
  return `${origin}${UI_PREFIX}#${SESSION_FRAGMENT}=${token}`;
}
