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
/** Lines of a finding's evidence, and characters of its command, unless all is asked for. */
const MOST_EVIDENCE = 3;
const LONGEST_FIX = 600;
/** Characters of a command that the last lines repeat. */
const LONGEST_REPEATED = 160;
/** Lines of the findings, unless all is asked for: with the rest they fit a screen of 24. */
const MOST_FINDINGS_LINES = 10;
/** Subjects without a finding that have a line of their own. */
const MOST_HEALTHY = 4;

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
 * What is not well, in the order of a message's way, then a line for each subject with what is. Fits a screen of 80×24
 * with `renderAdvice`: evidence is cut, a command that stood there is not repeated, and what is too much is counted.
 */
export function renderFindings(
  { checks, skipped }: ShownDiagnosis,
  columns: number,
  style: ChalkInstance,
): string[] {
  const width = Math.min(columns, WIDEST);
  const found = checks.filter(({ verdict }) => verdict !== 'ok');
  const lines: string[] = [];
  const shownFixes = new Set<string>();
  let subject: string | undefined;
  let hidden = 0;
  let taken = 0;
  for (const check of [...found].sort(byWeight(found))) {
    const head = check.subject === subject ? [] : [style.bold(check.subject)];
    const block = [...head, ...renderShort(check, width, style, shownFixes)];
    // A command stands unbroken, and takes as many lines as the terminal makes of it.
    const rows = block.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)),
      0,
    );
    if (taken > 0 && taken + rows > MOST_FINDINGS_LINES) {
      hidden += 1;
      continue;
    }
    if (check.fix !== null) shownFixes.add(check.fix);
    ({ subject } = check);
    taken += rows;
    lines.push(...block);
  }
  const more = hidden === 0 ? [] : [`  … and ${hidden} more: --verbose`];
  const gap = lines.length === 0 ? [] : [''];
  return [...lines, ...more, ...gap, ...renderHealthy({ checks, skipped }, width, style)];
}

/** Failures of a subject stand before its warnings; subjects stay in the order of a message's way. */
function byWeight(found: readonly ShownCheck[]): (a: ShownCheck, b: ShownCheck) => number {
  const subjects = [...new Set(found.map(({ subject }) => subject))];
  const failing = new Set(
    found.filter(({ verdict }) => verdict === 'fail').map(({ subject }) => subject),
  );
  const rank = ({ subject }: ShownCheck): number =>
    subjects.indexOf(subject) + (failing.has(subject) ? 0 : subjects.length);
  return (a, b) => rank(a) - rank(b) || Number(b.verdict === 'fail') - Number(a.verdict === 'fail');
}

function renderShort(
  check: ShownCheck,
  width: number,
  style: ChalkInstance,
  shownFixes: ReadonlySet<string>,
): string[] {
  const { fix } = check;
  const isLong = fix !== null && fix.length > LONGEST_FIX;
  const repeated = fix !== null && shownFixes.has(fix);
  const lines = renderCheck({ ...check, fix: null }, width, style);
  const cut =
    lines.length > MOST_EVIDENCE + 1
      ? [...lines.slice(0, MOST_EVIDENCE), `${lines[MOST_EVIDENCE]} …`]
      : lines;
  if (fix === null || repeated) return cut;
  if (isLong) return [...cut, `    ${style.bold('fix:')} a long command, with --verbose`];
  return [...cut, `    ${style.bold('fix:')}`, `      ${fix}`];
}

/**
 * A line for each subject: how many of its checks are ok, and which, as far as there is room. The sign for ok stands
 * only where a check is.
 */
function renderHealthy(
  { checks, skipped }: ShownDiagnosis,
  width: number,
  style: ChalkInstance,
): string[] {
  const subjects = [...new Set(checks.map(({ subject }) => subject))];
  const rows = subjects.flatMap((subject) => {
    const ok = checks.filter((check) => check.subject === subject && check.verdict === 'ok');
    const ids = [...new Set(ok.map(({ id }) => id))].join(', ');
    const unseen = skipped.filter((each) => each.subject === subject);
    const note = `${unseen.length} not looked at`;
    if (ok.length > 0) {
      const row = `${subject}  ${ok.length} ok: ${ids}${unseen.length > 0 ? `; ${note}` : ''}`;
      return [{ sign: style.green(SIGNS.ok), row }];
    }
    if (unseen.length === 0) return [];
    return [
      {
        sign: style.dim('-'),
        row: `${subject}  ${note}: ${unseen.map(({ id }) => id).join(', ')}`,
      },
    ];
  });
  const shown = rows.length > MOST_HEALTHY ? rows.slice(0, MOST_HEALTHY) : rows;
  const more = rows.length - shown.length;
  return [
    ...shown.map(({ sign, row }) => `${sign} ${style.dim(shortEnd(printable(row), width - 2))}`),
    ...(more > 0 ? [style.dim(`  … and ${more} more: --verbose`)] : []),
  ];
}

function shortEnd(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
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
  // Dead letters come last: sent back before the rest is fixed, they die again.
  const mended = [...failed, ...warned].filter(({ fix }) => fix !== null);
  const first = mended.find(({ id }) => id !== 'dead-letters') ?? mended[0];
  if (first?.fix) {
    const isLong = first.fix.length > LONGEST_REPEATED;
    const begin = first.id === 'dead-letters' ? 'When the consumer is fixed:' : 'Begin with:';
    return isLong
      ? [...lines, `Begin with the fix of ${first.subject} ${first.id}.`]
      : [...lines, begin, `  ${first.fix}`];
  }
  const todo =
    failed.length + warned.length === 0 && hidden.length > 0
      ? 'Get the permissions that are missing, then run:'
      : 'Fix what is named above, then run:';
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
