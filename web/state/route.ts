import { computed, signal } from '@preact/signals';

/** The views, in the order of the navigation. */
export const VIEWS = [
  'topology',
  'messages',
  'queues',
  'publish',
  'mails',
  'doctor',
  'charts',
] as const;
export type View = (typeof VIEWS)[number];

/** Where the page is: everything that a view shows follows from it. */
export interface Route {
  readonly view: View;
  /** What the view is about, such as a message's id or a queue's name; undefined for its list. */
  readonly id: string | undefined;
  readonly params: URLSearchParams;
}

/** Parameters of an address. Those that are undefined, empty or false are left out; true is written as `1`. */
export type Params = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Reads the fragment of an address, `#/messages/ID?outcome=dead`. Anything else leads to the topology. */
export function readRoute(hash: string): Route {
  const [, path = '', query = ''] = /^#\/?([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const [name, ...rest] = path.split('/');
  const view = VIEWS.find((each) => each === name) ?? 'topology';
  const id = rest.join('/');
  return { view, id: id === '' ? undefined : decoded(id), params: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fragment that leads to a view. */
export function href(view: View, id?: string, params: Params = {}): string {
  const query = queryOf(params);
  const path = id === undefined ? view : `${view}/${encodeURIComponent(id)}`;
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}

/** Parameters as a query string, without the question mark. */
export function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === false || value === '') continue;
    for (const each of typeof value === 'object' ? value : [value]) {
      query.append(name, each === true ? '1' : String(each));
    }
  }
  return query.toString();
}

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** Where the page is now. */
export const route = computed(() => readRoute(hash.value));

/** Goes to an address of `href`. @param replace leaves the browser's history as long as it is */
export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  hash.value = to;
}

/** Changes parameters of the present view; those that aren't named stay. */
export function setParams(changed: Params, options = { replace: true }): void {
  const { view, id, params } = route.peek();
  const kept = Object.fromEntries(
    [...new Set(params.keys())].map((key) => [key, params.getAll(key)]),
  );
  go(href(view, id, { ...kept, ...changed }), options);
}
