import type { ChalkInstance } from 'chalk';
import { qualifiedNameOf } from '../rules/functions.ts';
import type { MessageEvent, MessageEventKind } from '../rules/message-trace.ts';
import { printable } from '../rules/text/shown-text.ts';

/** One formatter a kind: a kind without one doesn't compile. */
const TELL: {
  readonly [Kind in MessageEventKind]: (event: Extract<MessageEvent, { kind: Kind }>) => string;
} = {
  published: (event) =>
    `${name(event.topicArn)} · ${event.subscriptions} subscription${event.subscriptions === 1 ? '' : 's'}`,
  repeated: (event) => `${name(event.topicArn)} · id ${event.deduplicationId} was used before`,
  filtered: (event) =>
    `${name(event.topicArn)} → ${name(event.queueArn ?? event.subscriptionArn)} · ${event.clause}`,
  refused: (event) =>
    `${name(event.topicArn)} → ${name(event.queueArn)} · ${event.reason}${
      event.deadLetterArn === undefined ? '' : ` · to ${name(event.deadLetterArn)}`
    }`,
  delivered: (event) => `${name(event.topicArn)} → ${name(event.queueArn)}`,
  sent: (event) => name(event.queueArn),
  received: (event) => `${name(event.queueArn)} · receive ${event.receiveCount}`,
  hidden: (event) => `${name(event.queueArn)} · until ${clock(event.hiddenUntil)}`,
  visible: (event) => `${name(event.queueArn)} · after receive ${event.receiveCount}`,
  deleted: (event) =>
    `${name(event.queueArn)}${event.by === 'consumer' ? '' : ` · by ${event.by}`}`,
  'dead-lettered': (event) =>
    `${name(event.queueArn)} → ${name(event.deadLetterArn)} · after ${event.receiveCount} receives`,
  expired: (event) => name(event.queueArn),
  moved: (event) => `${name(event.queueArn)} → ${name(event.destinationArn)}`,
  invoked: (event) => `${name(event.topicArn)} → ${qualifiedNameOf(event.functionArn)}`,
  unmatched: (event) =>
    `${name(event.queueArn)} → ${qualifiedNameOf(event.functionArn)} · by no filter`,
  handled: (event) => `${source(event)}${qualifiedNameOf(event.functionArn)}`,
  failed: (event) =>
    `${source(event)}${qualifiedNameOf(event.functionArn)} · ${event.errorType}: ${printable(event.reason)}`,
};

const TROUBLE: ReadonlySet<MessageEventKind> = new Set<MessageEventKind>([
  'refused',
  'repeated',
  'dead-lettered',
  'expired',
  'failed',
]);

/** One line that tells what happened to a message. */
export function renderMessageEvent(event: MessageEvent, style: ChalkInstance): string {
  const tell = TELL[event.kind] as (event: MessageEvent) => string;
  const kind = event.kind.padEnd(13);
  const coloured = TROUBLE.has(event.kind) ? style.yellow(kind) : style.cyan(kind);
  return `${style.dim(clock(event.time))} ${coloured} ${event.messageId.slice(0, 8)} ${tell(event)}`;
}

/** A line of the engine's log as data; undefined where it is not an entry, such as what Node prints when it dies. */
export function readLogLine(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A line of the engine's log for people; a line that is not an entry stays as it is. */
export function renderLogLine(line: string, style: ChalkInstance): string {
  const entry = readLogLine(line);
  if (!entry) return line;
  const { time, level, message, ...details } = entry;
  const facts = Object.entries(details)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const words = level === 'error' ? style.red(String(message)) : String(message);
  return `${style.dim(clock(Date.parse(String(time))))} ${words}${facts.length > 0 ? style.dim(`  ${facts.join(' ')}`) : ''}`;
}

function source({ queueArn }: { readonly queueArn?: string }): string {
  return queueArn === undefined ? '' : `${name(queueArn)} → `;
}

function name(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
