import type { ChalkInstance } from 'chalk';
import { printable } from '../rules/text/shown-text.ts';
import { wrapText } from './wrap.ts';

/** A check's answer as it is shown. */
export interface ShownCheck {
  readonly id: string;
  readonly subject: string;
  readonly verdict: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly evidence: string;
  /** A command line to paste; null where there is none. */
  readonly fix: string | null;
}

/** All that is shown of a diagnosis. */
export interface ShownDiagnosis {
  readonly checks: readonly ShownCheck[];
  readonly skipped: readonly {
    readonly id: string;
    readonly subject: string;
    readonly because: string;
  }[];
}

const SIGNS = { ok: '✓', warn: '!', fail: '✗', unknown: '?' } as const;
const VERDICT_WIDTH = 'unknown'.length;
/** Width of the ids' column; below `NARROW` columns the evidence goes onto lines of its own. */
const ID_WIDTH = 'queue-attributes'.length;
const NARROW = 64;
/** Columns that are used at the most: longer lines are hard to read. */
const WIDEST = 100;
/** Findings that the last lines name. */
const MOST_NAMES = 6;

/**
 * The checks, grouped by subject in the order of a message's way: sign, verdict, id and evidence, wrapped to the
 * columns there are. A command to paste stands alone on its line, unbroken.
 */
export function renderDiagnosis(
  { checks, skipped }: ShownDiagnosis,
  columns: number,
  style: ChalkInstance,
): string[] {
  const width = Math.min(columns, WIDEST);
  const subjects = [...new Set([...checks, ...skipped].map(({ subject }) => subject))];
  return subjects.flatMap((subject, index) => [
    ...(index === 0 ? [] : ['']),
    style.bold(subject),
    ...checks
      .filter((check) => check.subject === subject)
      .flatMap((check) => renderCheck(check, width, style)),
    ...renderSkipped(
      skipped.filter((each) => each.subject === subject),
      width,
      style,
    ),
  ]);
}

/**
 * What to do now, in the last lines: what was found, by name, since the checks may have scrolled away, and the first
 * command that mends something.
 * @param again the command line of this run. @param columns of the terminal.
 */
export function renderAdvice(
  checks: readonly ShownCheck[],
  again: string,
  columns: number,
): string[] {
  const found = (verdict: ShownCheck['verdict']): ShownCheck[] =>
    checks.filter((check) => check.verdict === verdict);
  const failed = found('fail');
  const warned = found('warn');
  const hidden = found('unknown');
  const text = [
    named(failed, 'problem', 'problems'),
    named(warned, 'warning', 'warnings'),
    named(hidden, 'unknown', 'unknown'),
  ].filter((part) => part !== '');
  if (text.length === 0) return [`All ${checks.length} checks are ok.`];
  const lines = text.flatMap((line) => wrapText(line, Math.min(columns, WIDEST)));
  const fix = [...failed, ...warned].find((check) => check.fix !== null)?.fix;
  if (fix) return [...lines, 'Begin with:', `  ${fix}`];
  const todo =
    failed.length + warned.length === 0 && hidden.length > 0
      ? 'Get the permissions that are missing, then run:'
      : 'Mend what stands above, then run:';
  return [...lines, todo, `  ${again}`];
}

/** `2 problems: email queue-policy, inventory filter.` */
function named(checks: readonly ShownCheck[], one: string, many: string): string {
  if (checks.length === 0) return '';
  const names = checks.map(({ subject, id }) => (subject === id ? id : `${subject} ${id}`));
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${checks.length} ${checks.length === 1 ? one : many}: ${shown}${more}.`;
}

function renderCheck(check: ShownCheck, width: number, style: ChalkInstance): string[] {
  const { id, verdict, fix } = check;
  const paint = { ok: style.green, warn: style.yellow, fail: style.red, unknown: style.cyan };
  const head = `${SIGNS[verdict]} ${verdict.padEnd(VERDICT_WIDTH)}`;
  const narrow = width < NARROW;
  const indent = narrow ? '    ' : ' '.repeat(head.length + ID_WIDTH + 6);
  const room = width - indent.length;
  const evidence = printable(check.evidence);
  // Of what is well, an ARN or a statement takes a line at the most; the document has it all.
  const isLong = evidence.split(' ').some((word) => word.length > room);
  const lines = verdict === 'ok' && isLong ? [shortened(evidence, room)] : wrapText(evidence, room);
  const dim = verdict === 'ok' ? style.dim : (text: string): string => text;
  const [first = '', ...rest] = lines;
  const start = `  ${paint[verdict](head)}  `;
  const shown = narrow
    ? [start + id, ...lines.map((line) => indent + dim(line))]
    : [`${start}${id.padEnd(ID_WIDTH)}  ${dim(first)}`, ...rest.map((line) => indent + dim(line))];
  return fix === null ? shown : [...shown, `    ${style.bold('fix:')}`, `      ${fix}`];
}

/** A text on one line; where it is too long its middle is left out, since ARNs and statements differ at their ends. */
function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const head = Math.ceil((room - 1) * 0.6);
  return `${text.slice(0, head)}…${text.slice(text.length - (room - 1 - head))}`;
}

function renderSkipped(
  skipped: ShownDiagnosis['skipped'],
  width: number,
  style: ChalkInstance,
): string[] {
  const reasons = [...new Set(skipped.map(({ because }) => because))];
  return reasons.flatMap((because) => {
    const ids = skipped.filter((each) => each.because === because).map(({ id }) => id);
    const text = printable(`not looked at, since ${because}: ${ids.join(', ')}`);
    return wrapText(text, width - 4).map((line, index) =>
      style.dim(`${index === 0 ? '  - ' : '    '}${line}`),
    );
  });
}
