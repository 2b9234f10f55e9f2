import type { ChalkInstance } from 'chalk';

const COLORS = ['cyan', 'yellow', 'magenta', 'green', 'blue'] as const;
/** Columns of a name; a longer one pushes its own line to the right. */
const WIDTH = 9;

/** Columns of names whose lines stand together. */
export function nameWidth(names: readonly string[]): number {
  return Math.max(WIDTH, ...names.map(({ length }) => length));
}

/**
 * Whose line it is, such as `email     │`: aligned, and in the same colour for a subscriber every time.
 * @param width of all names whose lines stand together; a longer one pushes its own line to the right.
 */
export function subscriberLabel(name: string, style: ChalkInstance, width = WIDTH): string {
  let sum = 0;
  for (const character of name) sum += character.codePointAt(0) ?? 0;
  const color = COLORS[sum % COLORS.length] ?? 'cyan';
  return `${style[color](name.padEnd(width))} ${style.dim('│')}`;
}

/**
 * A line without the label that it has already, as what `pubsub listen` prints as a service on ECS.
 * @param name what the line will be labelled with: the subscriber's, or one that ends with that.
 */
export function unlabelled(name: string, line: string): string {
  const { label = '', rest = line } = /^(?<label>\S+) +│ (?<rest>.*)$/s.exec(line)?.groups ?? {};
  return label !== '' && (name === label || name.endsWith(`-${label}`)) ? rest : line;
}

/** A line with its subscriber's label. @param names columns of the subscribers' names. */
export function labelled(
  subscriber: string,
  line: string,
  style: ChalkInstance,
  names?: number,
): string {
  return `${subscriberLabel(subscriber, style, names)} ${line}`;
}
