import { printable } from '../rules/text/shown-text.ts';

/** Between two facts of a line. */
const GAP = '  ';

/** A part of a line: its text, and a colour that doesn't count for its width. */
export interface Part {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** A colour that is none. */
export const plain = (text: string): string => text;

/**
 * Parts in lines that are no longer than the columns, as far as there is room for a single part.
 * @param indent begins the lines after the first.
 */
export function laidOut(parts: readonly Part[], columns: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { text, paint } of parts) {
    if (width > 0 && width + GAP.length + text.trimEnd().length > columns) {
      lines.push(line.trimEnd());
      line = indent;
      width = indent.length;
    } else if (width > 0) {
      line += GAP;
      width += GAP.length;
    }
    const room = columns - width;
    const fitting = text.length > room && room > 1 ? fitted(text, room) : text;
    line += paint(fitting);
    width += fitting.length;
  }
  return [...lines, line.trimEnd()];
}

/** The beginning of a text on one line, with what can't be seen written out. */
export function excerpt(text: string, length: number): string {
  // Not half of a character.
  const shown = printable(text.slice(0, length).replace(/[\ud800-\udbff]$/, ''));
  return text.length > length ? `${shown}…` : shown || '(empty)';
}

function fitted(text: string, room: number): string {
  const trimmed = text.trimEnd();
  return trimmed.length <= room ? trimmed : `${trimmed.slice(0, room - 1)}…`;
}
