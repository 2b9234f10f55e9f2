import { signal } from '@preact/signals';
import { SESSION_FRAGMENT, type Session } from '../../src/lib/dashboard/api/index.ts';

const STORAGE_KEY = 'pubsub-session';
/** How long the page stays empty for another tab to hand its token on, in milliseconds. */
const OTHER_TABS_PATIENCE_MS = 150;

/** What this page may do; undefined until the server has said it. */
export const session = signal<Session | undefined>(undefined);

/** Whether buttons that change something work. */
export function mayWrite(): boolean {
  return session.value?.authorized === true && session.value.writesAllowed;
}

/** The token of this tab; undefined where it came without one. */
export function token(): string | undefined {
  return sessionStorage.getItem(STORAGE_KEY) ?? undefined;
}

/**
 * Takes the token out of the address, or has it from another tab of this page: a tab that was opened by hand may do
 * what the others may. When they are too busy to answer at once, the page is shown without a token, and is loaded anew
 * once it has one.
 */
export async function findToken(): Promise<void> {
  // The address of a later run, opened in this tab, changes its fragment only.
  addEventListener('hashchange', () => {
    if (new URLSearchParams(location.hash.slice(1)).has(SESSION_FRAGMENT)) location.reload();
  });
  const tabs = new BroadcastChannel(STORAGE_KEY);
  tabs.addEventListener('message', ({ data }) => {
    const own = token();
    if (data === 'token?' && own !== undefined) tabs.postMessage({ token: own });
  });
  const given = new URLSearchParams(location.hash.slice(1)).get(SESSION_FRAGMENT);
  if (given !== null) {
    sessionStorage.setItem(STORAGE_KEY, given);
    history.replaceState(null, '', '#/topology');
  }
  if (token() !== undefined) return;
  await askOthers(tabs);
}

function askOthers(tabs: BroadcastChannel): Promise<void> {
  return new Promise((resolve) => {
    let isLate = false;
    setTimeout(() => {
      isLate = true;
      resolve();
    }, OTHER_TABS_PATIENCE_MS);
    tabs.addEventListener('message', ({ data }) => {
      if (typeof data?.token !== 'string' || token() !== undefined) return;
      sessionStorage.setItem(STORAGE_KEY, data.token);
      if (isLate) location.reload();
      else resolve();
    });
    tabs.postMessage('token?');
  });
}
