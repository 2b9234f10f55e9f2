import type { ChalkInstance } from 'chalk';
import { SUBSCRIBER_NAMES } from '../definition/orders.ts';

const COLORS = ['cyan', 'yellow', 'magenta', 'green', 'blue'] as const;
const WIDTH = Math.max(...SUBSCRIBER_NAMES.map((name) => name.length));

/** Columns of a label. */
export const LABEL_WIDTH = WIDTH + 2;

/** Whose line it is, such as `email     │`: aligned, and in the same colour for a subscriber every time. */
export function subscriberLabel(name: string, style: ChalkInstance): string {
  const known = (SUBSCRIBER_NAMES as readonly string[]).indexOf(name);
  const color = COLORS[known < 0 ? name.length % COLORS.length : known % COLORS.length] ?? 'cyan';
  return `${style[color](name.padEnd(WIDTH))} ${style.dim('│')}`;
}
