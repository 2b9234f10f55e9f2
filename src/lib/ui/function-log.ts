import type { ChalkInstance } from 'chalk';
import type { LogLine } from '../functions/log-lines.ts';
import { printable } from '../rules/text/shown-text.ts';
import { clockTime } from './numbers.ts';
import { wrapped } from './wrapped.ts';

const TIME_WIDTH = '14:03:59  '.length;

/**
 * A line of a function's log for people; nothing for a line that says no more than others.
 * @param columns of the terminal. @param options.all whether START, END and INIT_START are shown too, and the stacks
 * of errors.
 */
export function renderLogLine(
  line: LogLine,
  style: ChalkInstance,
  columns: number,
  { all = false }: { readonly all?: boolean } = {},
): string[] {
  const { kind, text, figures, requestId, stack = [] } = line;
  if (!all && ['init', 'start', 'end'].includes(kind)) return [];
  const time = style.dim(clockTime(line.time));
  const body =
    kind === 'report' && figures !== undefined
      ? reportWords(requestId, figures)
      : kind === 'error'
        ? [`✗ ${text}`, ...(all ? stack : [])].join('\n')
        : text;
  const paint = kind === 'error' ? style.red : kind === 'line' ? (each: string) => each : style.dim;
  return body
    .split('\n')
    .flatMap((each) => wrapped(each, columns - TIME_WIDTH, '  '))
    .map((each, index) => `${index === 0 ? time : ' '.repeat(8)}  ${paint(each)}`);
}

/**
 * Lines of a log that came with an answer, for people: what printed them is now, so that no times stand there.
 * @param all whether START, END and INIT_START are shown too.
 */
export function renderTail(
  lines: readonly LogLine[],
  style: ChalkInstance,
  all: boolean,
): string[] {
  return lines.flatMap(({ kind, text, figures, requestId, stack = [] }) => {
    if (!all && ['init', 'start', 'end'].includes(kind)) return [];
    const body = figures === undefined ? printable(text) : reportWords(requestId, figures);
    if (kind !== 'error') return [style.dim(`  ${body}`)];
    const shown = all ? stack.map((each) => `    ${printable(each)}`) : [];
    return [`  ✗ ${body}`, ...shown].map((each) => style.red(each));
  });
}

/** What an invocation took: `4f3a1b2c: 12 ms, 71 of 128 MB, cold start 131 ms`. */
export function reportWords(
  requestId: string | undefined,
  { durationMs, initMs, memoryMb, usedMb }: NonNullable<LogLine['figures']>,
): string {
  const start = initMs === undefined ? '' : `, cold start ${Math.round(initMs)} ms`;
  const memory = usedMb > 0 ? `, ${usedMb} of ${memoryMb} MB` : '';
  return `invocation ${(requestId ?? '').slice(0, 8)}: ${Math.round(durationMs)} ms${memory}${start}`;
}

/** A line as `--json` has it. */
export function logRecord(functionKey: string, line: LogLine): Record<string, unknown> {
  const { time, requestId, kind, stream, message, figures } = line;
  return {
    function: functionKey,
    time: new Date(time).toISOString(),
    requestId: requestId ?? null,
    kind,
    stream,
    message: message.replace(/\r?\n$/, ''),
    ...(figures === undefined
      ? {}
      : {
          durationMs: figures.durationMs,
          initMs: figures.initMs ?? null,
          memoryMb: figures.memoryMb,
          usedMb: figures.usedMb,
        }),
  };
}
