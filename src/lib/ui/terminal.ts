import type { Io, Output } from './io.ts';

/** Columns and rows of a terminal that doesn't say, or says 0 as one without a window does. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** The window's size; 80 by 24 where the terminal doesn't say. */
export function windowSize(stream: Output): { columns: number; rows: number } {
  return { columns: stream.columns || DEFAULT_COLUMNS, rows: stream.rows || DEFAULT_ROWS };
}

/** Whether a stream is a terminal that moves its cursor for somebody who looks at it: no CI, no `TERM=dumb`. */
export function isLively(stream: Output, env: Io['env']): boolean {
  return Boolean(stream.isTTY) && env.TERM !== 'dumb' && !isCi(env);
}

/**
 * Whether a stream gets colours. `--no-color` and `NO_COLOR` (no-color.org) say no, then `FORCE_COLOR` yes or, as 0 or
 * false, no; otherwise a lively terminal gets them.
 */
export function isColoured(stream: Output, env: Io['env'], flag: boolean): boolean {
  if (!flag || env.NO_COLOR) return false;
  const { FORCE_COLOR: forced } = env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isLively(stream, env);
}

function isCi({ CI }: Io['env']): boolean {
  return Boolean(CI) && CI !== 'false' && CI !== '0';
}
