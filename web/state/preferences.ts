import { effect, signal } from '@preact/signals';

/** How the page is coloured. `system` follows the machine. */
export type Theme = 'system' | 'light' | 'dark';

const THEME_KEY = 'pubsub-theme';
const LARGE_KEY = 'pubsub-large';

/** The theme that was chosen; the next page begins with it. */
export const theme = signal<Theme>(storedTheme());
/** Whether type is large, for a room full of people. */
export const large = signal(localStorage.getItem(LARGE_KEY) === '1');
const systemDark = matchMedia('(prefers-color-scheme: dark)');
/** Whether the page is dark now. */
export const dark = signal(false);

function storedTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Writes theme and size to the document, whenever they change. */
export function applyPreferences(): void {
  const { dataset } = document.documentElement;
  const colour = (): void => {
    dark.value = theme.value === 'dark' || (theme.value === 'system' && systemDark.matches);
    dataset.theme = dark.value ? 'dark' : 'light';
  };
  systemDark.addEventListener('change', colour);
  effect(() => {
    colour();
    localStorage.setItem(THEME_KEY, theme.value);
  });
  effect(() => {
    dataset.size = large.value ? 'large' : 'normal';
    localStorage.setItem(LARGE_KEY, large.value ? '1' : '');
  });
}
