import { usageError } from '../errors.ts';
import { shownText } from './shown-text.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/**
 * Reads a length of time such as `90s`, `30m`, `1h30m` or `2d`; a number alone is seconds.
 * @param flag whose value it is, for the error.
 * @returns seconds. @throws AppError (exit 2).
 */
export function parseDuration(flag: string, text: string): number {
  const seconds = readDuration(text);
  if (seconds !== undefined) return seconds;
  throw usageError(
    `${flag} must be a length of time, not "${shownText(text)}".`,
    `Such as ${flag} 30s, ${flag} 5m or ${flag} 1h30m`,
  );
}

/** Like `parseDuration`; undefined where the text is not a length of time. */
export function readDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,9}$/.test(trimmed)) return Number(trimmed);
  if (!/^(?:\d{1,9}[smhdw])+$/.test(trimmed)) return undefined;
  return [...trimmed.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
}

/** Seconds as a person says them, in the largest unit that fits: `42 s`, `5 min`, `3 h`, `2 d`. */
export function shownDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h`;
  return `${Math.floor(whole / 86_400)} d`;
}
