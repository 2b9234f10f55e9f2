import type { ChalkInstance } from 'chalk';
import { parseMoney } from '../events/money.ts';
import { shownDuration } from '../rules/text/duration.ts';
import type { Tapped } from '../tap/tapped.ts';
import { grouped } from './numbers.ts';
import { printable } from './wrapped.ts';

/** Between two facts of a line. */
const GAP = '  ';
/** Columns of an event type, so that what follows is aligned. */
const TYPE_WIDTH = 'order.created'.length;
/** Characters of a text that is no event, and of an attribute's value, that are shown. */
const SHOWN_TEXT = 120;
const SHOWN_VALUE = 40;
/** What continued lines begin with: below the event type. */
const INDENT = ' '.repeat('12:00:00'.length + GAP.length);
const NARROW_INDENT = '  ';

/** A part of a line: its text, and a colour that doesn't count for its width. */
interface Part {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** One line of `tap --json`. */
export function tappedRecord(message: Tapped): Record<string, unknown> {
  const { messageId, eventType, subject, publishedAt, ms, groupId, sequenceNumber } = message;
  return {
    messageId,
    eventType: eventType ?? null,
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
 * The lines that show one message: when it was published, its type, the order, its attributes, and how long it took.
 * @param columns of the terminal; a message goes on in further lines where it is longer.
 */
export function renderTapped(
  message: Tapped,
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const { eventType, publishedAt, ms, groupId } = message;
  const plain = (text: string): string => text;
  const known = orderParts(message, style);
  const parts: Part[] = [
    { text: clockTime(publishedAt ?? Date.now()), paint: style.dim },
    {
      text: printable(eventType ?? 'message').padEnd(known.length > 0 ? TYPE_WIDTH : 0),
      paint: typeColor(eventType, style),
    },
    ...(known.length > 0 ? known : [{ text: excerpt(message.text, SHOWN_TEXT), paint: plain }]),
    ...(groupId === undefined ? [] : [{ text: `group ${printable(groupId)}`, paint: style.dim }]),
    ...attributeParts(message, style),
    ...(ms === undefined ? [] : [{ text: age(ms), paint: style.dim }]),
  ];
  return laidOut(parts, columns);
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

function orderParts({ fields = {} }: Tapped, style: ChalkInstance): Part[] {
  const { order_id: order, total, status } = fields;
  if (order === undefined) return [];
  const money = total === undefined ? undefined : parseMoney(String(total));
  const plain = (text: string): string => text;
  return [
    { text: `order ${excerpt(String(order), SHOWN_VALUE)}`, paint: style.bold },
    ...(typeof money === 'string' ? [{ text: `$${money}`, paint: plain }] : []),
    ...(typeof status === 'string' ? [{ text: excerpt(status, SHOWN_VALUE), paint: plain }] : []),
  ];
}

/** All attributes but the event type, which stands at the front. */
function attributeParts({ attributes, eventType }: Tapped, style: ChalkInstance): Part[] {
  return Object.entries(attributes)
    .filter(([name, { value }]) => name !== 'event_type' || value !== eventType)
    .map(([name, { value }]) => ({
      text: `${printable(name)}=${excerpt(value, SHOWN_VALUE)}`,
      paint: style.cyan,
    }));
}

function typeColor(type: string | undefined, style: ChalkInstance): (text: string) => string {
  if (type === 'order.created') return style.green;
  if (type === 'order.updated') return style.yellow;
  return type === undefined ? style.red : style.magenta;
}

/** Parts in lines that are no longer than the columns, as far as single parts aren't. */
function laidOut(parts: readonly Part[], columns: number): string[] {
  const indent = columns < 60 ? NARROW_INDENT : INDENT;
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { text, paint } of parts) {
    if (width > 0 && width + GAP.length + text.trimEnd().length > columns) {
      lines.push(line);
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

function fitted(text: string, room: number): string {
  const trimmed = text.trimEnd();
  return trimmed.length <= room ? trimmed : `${trimmed.slice(0, room - 1)}…`;
}

function excerpt(text: string, length: number): string {
  const shown = printable(text.slice(0, length));
  return text.length > length ? `${shown}…` : shown || '(empty)';
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
