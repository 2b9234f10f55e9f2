import { isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { type AppError, usageError } from '../rules/errors.ts';
import { nearest } from '../rules/text/nearest.ts';
import { shownText, shownValue } from '../rules/text/shown-text.ts';
import { parseMoney } from './money.ts';

export const EVENT_TYPES = ['order.created', 'order.updated'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const ORDER_STATUSES = ['pending', 'confirmed', 'shipped', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Nesting that an event may have: what is read can be written again without running out of stack. */
const MAX_DEPTH = 200;

/** What the publisher announces. On the wire it is JSON, with `total` as a number of two decimals. */
export interface OrderEvent {
  readonly event_id: string;
  readonly event_type: EventType;
  /** A whole number from 1. */
  readonly order_id: number;
  /** A whole number from 1. */
  readonly user_id: number;
  /** Decimal text with exactly two decimals. */
  readonly total: string;
  readonly status: OrderStatus;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** The subject of an event's message. */
export function eventSubject(event: OrderEvent): string {
  return `Order Event: ${event.event_type}`;
}

/**
 * An event as its message body. Fields beyond the known ones are kept.
 * @returns JSON in which `total` has exactly two decimals.
 */
export function serializeOrderEvent(event: OrderEvent): string {
  return stringify(orderEventDocument(event)) ?? '';
}

/** An event as data for a JSON writer that keeps numbers to the letter (lossless-json's `stringify`). */
export function orderEventDocument(event: OrderEvent): Record<string, unknown> {
  return { ...event, total: new LosslessNumber(event.total) };
}

/**
 * Reads an event from JSON text.
 * @throws AppError `InvalidEvent` (exit 2) that names the position, or the field and its rule.
 */
export function parseOrderEvent(text: string): OrderEvent {
  return checkOrderEvent(parseEventFields(text));
}

/**
 * Reads a JSON object without turning its decimals into binary numbers.
 * @throws AppError `InvalidEvent` (exit 2) that names the position of a mistake.
 */
export function parseEventFields(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text, undefined, readNumber);
  } catch (error) {
    throw invalid(`it is not JSON: ${syntaxProblem(error, text)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('it is not a JSON object');
  }
  if (isDeeperThan(value, MAX_DEPTH)) throw invalid('it is nested too deeply');
  return value as Record<string, unknown>;
}

/**
 * Checks that fields make up an event.
 * @throws AppError `InvalidEvent` (exit 2) that names the first field that is wrong, and its rule.
 */
export function checkOrderEvent(fields: Readonly<Record<string, unknown>>): OrderEvent {
  const { event_id, timestamp } = fields;
  if (typeof event_id !== 'string' || event_id === '') throw missing('event_id', event_id);
  if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp))) {
    throw missing('timestamp', timestamp, 'an ISO 8601 time');
  }
  return {
    ...fields,
    event_id,
    event_type: parseEventType(fields.event_type),
    order_id: parseId('order_id', fields.order_id),
    user_id: parseId('user_id', fields.user_id),
    total: parseTotal(fields.total),
    status: parseStatus(fields.status),
    timestamp,
  };
}

/** @throws AppError (exit 2) with the nearest event type. */
export function parseEventType(value: unknown): EventType {
  return oneOf('event type', value, EVENT_TYPES, 'UnknownEventType');
}

/** @throws AppError (exit 2) with the nearest status. */
export function parseStatus(value: unknown): OrderStatus {
  return oneOf('status', value, ORDER_STATUSES, 'UnknownStatus');
}

/** @param value decimal text, or a number as `parseEventFields` reads it. @throws AppError (exit 2). */
export function parseTotal(value: unknown): string {
  if (value === undefined || value === null) throw missing('total', value);
  const text = scalarText(value);
  if (text === undefined) {
    throw invalid(`total must be a number such as 29.99, not ${shownValue(value)}`);
  }
  const money = parseMoney(text);
  if (typeof money === 'string') return money;
  throw usageError(`total ${money.problem}.`, 'Use an amount such as 29.99.', 'InvalidEvent');
}

/** @param value text or a number. @throws AppError (exit 2) unless it is a whole number from 1. */
export function parseId(field: string, value: unknown): number {
  if (value === undefined || value === null) throw missing(field, value);
  const text = scalarText(value) ?? '';
  const id = Number(text);
  if (/^\d+$/.test(text) && id >= 1 && Number.isSafeInteger(id)) return id;
  const shown = typeof value === 'string' || text === '' ? shownValue(value) : shownText(text);
  throw usageError(
    `${field} must be a whole number from 1, not ${shown}.`,
    'Use an id such as 1.',
    'InvalidEvent',
  );
}

function oneOf<T extends string>(
  what: string,
  value: unknown,
  known: readonly T[],
  code: string,
): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  if (value === undefined || value === null) throw missing(what.replace(' ', '_'), value);
  if (typeof value !== 'string') throw invalid(`${what} must be text, not ${shownValue(value)}`);
  const near = nearest(value.slice(0, 100), known);
  throw usageError(
    `Unknown ${what} ${shownValue(value)}.${near ? ` Did you mean "${near}"?` : ''}`,
    `Known: ${known.join(', ')}.`,
    code,
  );
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof LosslessNumber) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}

/** The text of a number, or of what may stand for one; undefined for anything else. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || value instanceof LosslessNumber ? String(value) : undefined;
}

/** Whole numbers that a double holds exactly become numbers; all others keep their text. */
function readNumber(text: string): number | LosslessNumber {
  return /^-?\d+$/.test(text) && isSafeNumber(text) ? Number(text) : new LosslessNumber(text);
}

/** "… (line 2, column 15)" from the parser's message, which ends in a position; without the line where there is one only. */
function syntaxProblem(error: unknown, text: string): string {
  if (error instanceof RangeError) return 'it is nested too deeply';
  const message = error instanceof Error ? error.message : String(error);
  const match = /^(.*?)\s*(?:but got|at) .*?position (\d+)|position (\d+)/s.exec(message);
  const position = Number(match?.[2] ?? match?.[3] ?? text.length);
  const before = text.slice(0, position).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const what = message.replace(/\s*at position \d+.*$/s, '');
  // A line of a file has a number of its own: "line 1" beside it would confuse.
  const line = text.includes('\n') ? `line ${before.length}, ` : '';
  return `${shownText(what)} (${line}column ${column})`;
}

function missing(field: string, value: unknown, kind = 'text'): AppError {
  return invalid(
    value === undefined || value === null ? `${field} is missing` : `${field} must be ${kind}`,
  );
}

function invalid(reason: string): AppError {
  return usageError(
    `This is no order event: ${reason}.`,
    'An event looks like {"order_id":1,"user_id":1,"total":29.99,"status":"pending"}',
    'InvalidEvent',
  );
}
