import type { ChalkInstance } from 'chalk';
import { qualifiedNameOf } from '../rules/functions.ts';
import type { Failed, Handled, Unmatched } from '../rules/message-trace.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { printable } from '../rules/text/shown-text.ts';
import type { Tapped } from '../tap/tapped.ts';
import { fieldParts, typeName, typePaint } from './event-parts.ts';
import { grouped } from './numbers.ts';
import { excerpt, laidOut, type Part } from './parts.ts';

/** Columns of an event type, so that what follows is aligned where types are short. */
const TYPE_WIDTH = 13;
/** Characters of a text that are shown of an attribute, and of an id. */
const SHOWN_VALUE = 40;
/** What continued lines begin with: below the event type. */
const INDENT = ' '.repeat('12:00:00  '.length);
const NARROW_INDENT = '  ';

/** One line of `tap --json`: numbers are kept to the letter. */
export function tappedRecord(message: Tapped): Record<string, unknown> {
  const { messageId, event, subject, publishedAt, ms, groupId, sequenceNumber } = message;
  return {
    messageId,
    eventType: event.type ?? null,
    subject: subject ?? null,
    publishedAt: publishedAt === undefined ? null : new Date(publishedAt).toISOString(),
    ms: ms ?? null,
    ...(groupId === undefined ? {} : { groupId }),
    ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
    attributes: message.attributes,
    event: message.fields ?? null,
    ...(message.fields === undefined ? { body: message.text } : {}),
  };
}

/**
 * The lines that show one message: when it was published, its type, its fields, its attributes with an `@`, and how
 * long it took.
 * @param columns of the terminal; a message goes on in further lines where it is longer.
 */
export function renderTapped(
  message: Tapped,
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const { event, publishedAt, ms, groupId } = message;
  const fields = fieldParts(event);
  const parts: Part[] = [
    { text: clockTime(publishedAt ?? Date.now()), paint: style.dim },
    {
      text: typeName(event).padEnd(fields.length > 0 ? TYPE_WIDTH : 0),
      paint: typePaint(event.type, style),
    },
    ...fields,
    ...(groupId === undefined ? [] : [{ text: `group ${printable(groupId)}`, paint: style.dim }]),
    ...attributeParts(message, style),
    ...(ms === undefined ? [] : [{ text: age(ms), paint: style.dim }]),
  ];
  return laidOut(parts, columns, columns < 60 ? NARROW_INDENT : INDENT);
}

/** What a function did with a message that was shown. */
export interface FunctionOutcome {
  readonly event: Handled | Failed | Unmatched;
  /** In the topic. */
  readonly messageId: string;
  readonly subscriber: string;
}

/** One line of `tap --json` about what a function did with a message whose line came before. */
export function outcomeRecord({
  event,
  messageId,
  subscriber,
}: FunctionOutcome): Record<string, unknown> {
  const { kind, time, functionArn } = event;
  return {
    messageId,
    subscriber,
    function: qualifiedNameOf(functionArn),
    outcome: kind,
    time: new Date(time).toISOString(),
    requestId: kind === 'unmatched' ? null : event.requestId,
    ...(kind === 'failed' ? { errorType: event.errorType, reason: event.reason } : {}),
  };
}

/** The same for people. */
export function renderFunctionOutcome(
  { event, messageId, subscriber }: FunctionOutcome,
  style: ChalkInstance,
): string {
  const name = qualifiedNameOf(event.functionArn);
  const head = `${style.dim(clockTime(event.time))}  ↳ ${subscriber}: `;
  switch (event.kind) {
    case 'handled':
      return `${head}${style.green(`${name} handled`)} ${messageId}`;
    case 'failed':
      return `${head}${style.red(`${name} failed`)} with ${messageId}: ${printable(`${event.errorType}: ${event.reason}`)}`;
    case 'unmatched':
      return `${head}${style.yellow(`no filter of ${name} matches`)} ${messageId}`;
  }
}

const ENDS = {
  stopped: 'stopped',
  max: '--max reached',
  idle: 'idle timeout',
  duration: 'time is over',
} as const;

/** The line that sums up a run. @param seconds that it took. */
export function renderTapSummary(
  {
    seen,
    shown,
    end,
  }: { readonly seen: number; readonly shown: number; readonly end: keyof typeof ENDS },
  seconds: number,
  style: ChalkInstance,
): string {
  const counts =
    seen === shown ? `${grouped(seen)} seen` : `${grouped(seen)} seen, ${grouped(shown)} shown`;
  return `${counts} in ${shownDuration(seconds)} ${style.dim(`(${ENDS[end]})`)}`;
}

/** All attributes but the event type, which stands at the front. */
function attributeParts({ attributes, event }: Tapped, style: ChalkInstance): Part[] {
  return Object.entries(attributes)
    .filter(([name, { value }]) => name !== 'event_type' || value !== event.type)
    .map(([name, { value }]) => ({
      text: `@${printable(name)}=${excerpt(value, SHOWN_VALUE)}`,
      paint: style.cyan,
    }));
}

/** A time of day here, to the second. */
function clockTime(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((number) => String(number).padStart(2, '0'))
    .join(':');
}

function age(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : shownDuration(ms / 1000);
}
