import type { ChalkInstance } from 'chalk';
import type {
  MessageTrace,
  TraceBranch,
  TraceResult,
  TraceState,
  TraceStep,
} from '../diagnose/trace/trace.ts';
import { nameOfArn } from '../rules/names.ts';
import { printable, printableLines } from '../rules/text/shown-text.ts';
import { clockTime, grouped } from './numbers.ts';
import { wrapped } from './wrapped.ts';

/** How a trace is shown. */
export interface TraceView {
  readonly columns: number;
  readonly style: ChalkInstance;
  /** Every queue, also where there are many. */
  readonly verbose: boolean;
}

/** Queues of one message that are shown unless all are asked for: those with trouble first. */
const MOST_SHOWN = 20;

const SIGNS: Readonly<
  Record<TraceState, { readonly sign: string; readonly color: 'green' | 'cyan' | 'yellow' | 'red' }>
> = {
  handled: { sign: '✓', color: 'green' },
  waiting: { sign: '…', color: 'cyan' },
  hidden: { sign: '…', color: 'cyan' },
  filtered: { sign: '✗', color: 'yellow' },
  refused: { sign: '✗', color: 'red' },
  dead: { sign: '✗', color: 'red' },
  expired: { sign: '✗', color: 'red' },
  removed: { sign: '✗', color: 'yellow' },
};

/** A message's way in lines: what it is, then each queue with what happened there. */
export function renderTrace(message: MessageTrace, view: TraceView): string[] {
  const { style, columns } = view;
  const { branches } = message;
  const shown = view.verbose ? branches : [...branches].sort(byTrouble).slice(0, MOST_SHOWN);
  const more = branches.length - shown.length;
  const ids = [
    message.eventId === undefined ? [] : [`event ${printable(message.eventId)}`],
    [`message ${message.messageId}`],
  ].flat();
  return [
    ...wrapped(printable(message.eventType ?? 'a message'), columns, '  ').map((line) =>
      style.bold(line),
    ),
    ...ids.flatMap((line) => wrapped(`  ${line}`, columns, '    ').map((each) => style.dim(each))),
    ...wrapped(`  ${published(message)}`, columns, '    '),
    ...message.repeatedAt.flatMap((time) =>
      wrapped(`  ${clock(time)}  published again, and dropped as a repetition`, columns, '    '),
    ),
    ...shown.flatMap((branch) => ['', ...branchLines(branch, view)]),
    ...(more > 0 ? ['', `… and ${grouped(more)} queues more: --verbose, or --json`] : []),
  ];
}

function published({ publishedAt, topicArn, subscriptions, branches }: MessageTrace): string {
  const reached = branches.filter(
    ({ state }) => state !== 'filtered' && state !== 'refused',
  ).length;
  const when = publishedAt === undefined ? '' : `${clock(publishedAt)}  `;
  if (subscriptions === undefined)
    return `${when}${topicArn ? `published to ${nameOfArn(topicArn)}` : 'found in queues'}`;
  if (subscriptions === 0)
    return `${when}published to ${nameOfArn(topicArn ?? '')}, to which nobody was subscribed`;
  return `${when}published to ${nameOfArn(topicArn ?? '')}: reached ${grouped(reached)} of ${grouped(subscriptions)} queues`;
}

/** What didn't arrive comes first. */
function byTrouble(a: TraceBranch, b: TraceBranch): number {
  return Number(isFine(a)) - Number(isFine(b));
}

function isFine({ state }: TraceBranch): boolean {
  return state === 'handled' || state === 'waiting' || state === 'hidden';
}

function branchLines(branch: TraceBranch, { style, columns }: TraceView): string[] {
  const { sign, color } = SIGNS[branch.state];
  const name = branch.subscriber ?? branch.queue;
  const [first = '', ...rest] = wrapped(`${sign} ${name}  ${fate(branch)}`, columns, '    ');
  return [
    style[color](first),
    ...rest.map((line) => style[color](line)),
    ...branch.steps.flatMap((step) => stepLines(step, columns)),
  ];
}

function fate({ queueArn, state, deadLetterQueue, hiddenUntil }: TraceBranch): string {
  if (queueArn.includes(':function:')) {
    if (state === 'handled') return 'handled by the function';
    if (state === 'waiting') return "in the function's hands, or waits for another try";
    if (state === 'refused') return 'not taken by the function';
  }
  switch (state) {
    case 'handled':
      return 'received and deleted';
    case 'waiting':
      return 'waits in the queue';
    case 'hidden':
      return `in a consumer's hands, hidden until ${clockTime(hiddenUntil ?? 0)}`;
    case 'filtered':
      return 'kept out by its filter policy';
    case 'refused':
      return 'not taken by the queue';
    case 'dead':
      return `dead, in ${deadLetterQueue}`;
    case 'expired':
      return 'expired before anybody deleted it';
    case 'removed':
      return 'removed unhandled';
  }
}

function stepLines({ time, words, hiddenUntil }: TraceStep, columns: number): string[] {
  const until = hiddenUntil === undefined ? '' : `; hidden until ${clockTime(hiddenUntil)}`;
  const indent = ' '.repeat(columns < 60 ? 6 : 18);
  // A failure's reason may have several lines.
  const [first = '', ...rest] = printableLines(`${words.trim()}${until}`);
  return [
    ...wrapped(`    ${clock(time)}  ${first}`, columns, indent),
    ...rest.flatMap((line) => wrapped(indent + line.trim(), columns, indent)),
  ];
}

/** Time of day with milliseconds: hops of one message are that close together. */
function clock(time: number): string {
  return `${clockTime(time)}.${String(Math.floor(time) % 1000).padStart(3, '0')}`;
}

/** The document of a trace: times in ISO 8601, null where something is unknown. */
export function traceDocument({
  source,
  messages,
  traces,
  knownFrom,
  remarks,
}: TraceResult): Record<string, unknown> {
  return {
    found: messages.length + traces.length > 0,
    source,
    knownFrom: iso(knownFrom),
    messages: messages.map(({ branches, publishedAt, repeatedAt, ...message }) => ({
      messageId: message.messageId,
      eventId: message.eventId ?? null,
      eventType: message.eventType ?? null,
      topicArn: message.topicArn ?? null,
      publishedAt: iso(publishedAt),
      subscriptions: message.subscriptions ?? null,
      repeatedAt: repeatedAt.map(iso),
      queues: branches.map(({ steps, hiddenUntil, ...branch }) => ({
        queue: branch.queue,
        queueArn: branch.queueArn,
        subscriber: branch.subscriber ?? null,
        state: branch.state,
        deadLetterQueue: branch.deadLetterQueue ?? null,
        hiddenUntil: iso(hiddenUntil),
        steps: steps.map(({ time, what, words, hiddenUntil: until }) => ({
          time: iso(time),
          what,
          words,
          ...(until === undefined ? {} : { hiddenUntil: iso(until) }),
        })),
      })),
    })),
    traces: traces.map(({ traceId, rows }) => ({
      traceId,
      spans: rows.map(({ span: { start, end, ...span } }) => ({
        ...span,
        start: iso(start),
        ms: Math.round((end - start) * 1000) / 1000,
      })),
    })),
    remarks,
  };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
