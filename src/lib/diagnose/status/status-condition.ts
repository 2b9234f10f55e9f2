import { type AppError, usageError } from '../../rules/errors.ts';
import { parseDuration } from '../../rules/text/duration.ts';
import { nearest } from '../../rules/text/nearest.ts';
import { shownText } from '../../rules/text/shown-text.ts';
import type { SubscriberStatus } from './status.ts';

/** What a condition may ask about, by the word for it, and the key of `status --json` that answers. */
export const STATUS_FIELDS = {
  depth: 'depth',
  inFlight: 'inFlight',
  delayed: 'delayed',
  dlq: 'dlqDepth',
  age: 'oldestAgeSeconds',
  subscribed: 'subscribed',
  consumers: 'consumers',
} as const satisfies Readonly<Record<string, keyof SubscriberStatus>>;
export type StatusField = keyof typeof STATUS_FIELDS;

const OPERATORS = ['>=', '<=', '!=', '=', '>', '<'] as const;
type Operator = (typeof OPERATORS)[number];

/** A condition on a subscriber's status, such as `ledger.depth>100`. */
export interface StatusCondition {
  /** As it was given. */
  readonly text: string;
  /** Undefined for one that any subscriber may meet. */
  readonly subscriber: string | undefined;
  readonly field: StatusField;
  readonly operator: Operator;
  /** A count, seconds, or 1 and 0 for true and false. */
  readonly value: number;
}

/** A condition that a subscriber meets, or that nobody can tell whether it does. */
export interface StatusFinding {
  readonly condition: string;
  readonly subscriber: string;
  readonly field: StatusField;
  /** What was found; null where it can't be told. */
  readonly value: number | boolean | null;
  /** `unknown` counts as a failure too: a check that can't be made must not pass for one that was. */
  readonly verdict: 'met' | 'unknown';
  /** Why it can't be told; null where it can. */
  readonly reason: 'no-queue' | 'not-told' | null;
}

const CONDITION = /^\s*(?:([\w-]+)\s*\.\s*)?([A-Za-z]+)\s*(>=|<=|!=|==|=|>|<)\s*([\w.]+)\s*$/;

const DURATION = /^\d{1,9}$|^(?:\d{1,9}[smhdw])+$/;

/**
 * Reads `[subscriber.]field operator value`; operators are `>` `>=` `<` `<=` `=` `!=`. An age may have a unit (`5m`).
 * @param subscribers names that may stand before the field.
 * @throws AppError (exit 2) with the list of fields.
 */
export function parseStatusCondition(
  text: string,
  subscribers: readonly string[],
): StatusCondition {
  const [, subscriber, word = '', sign = '', given = ''] = CONDITION.exec(text) ?? [];
  const operator = OPERATORS.find((each) => each === (sign === '==' ? '=' : sign));
  if (operator === undefined) throw malformed(`"${shownText(text)}" is not a condition.`);
  if (subscriber !== undefined && !subscribers.includes(subscriber)) {
    const near = nearest(subscriber, subscribers);
    throw usageError(
      `Unknown subscriber "${subscriber}" in "${shownText(text)}".${near ? ` Did you mean "${near}"?` : ''}`,
      `Subscribers: ${subscribers.join(', ')}.`,
      'UnknownSubscriber',
    );
  }
  const field = fieldNamed(word, text);
  return { text: text.trim(), subscriber, field, operator, value: wantedValue(field, given, text) };
}

/** A field by its word or its key in the document, in any case. */
function fieldNamed(word: string, text: string): StatusField {
  const fields = Object.keys(STATUS_FIELDS) as StatusField[];
  const wanted = word.toLowerCase();
  const found = fields.find((field) =>
    [field, STATUS_FIELDS[field]].some((name) => name.toLowerCase() === wanted),
  );
  if (found) return found;
  const near = nearest(word, fields);
  throw malformed(
    `Unknown field "${word}" in "${shownText(text)}".${near ? ` Did you mean "${near}"?` : ''}`,
  );
}

function wantedValue(field: StatusField, given: string, text: string): number {
  if (field === 'subscribed') {
    if (given === 'true' || given === 'false') return given === 'true' ? 1 : 0;
    throw malformed(`"${shownText(text)}" must compare subscribed with true or false.`);
  }
  if (field === 'age') {
    if (DURATION.test(given)) return parseDuration('age', given);
    throw malformed(`"${shownText(text)}" must compare age with a length of time, as 300 or 5m.`);
  }
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw malformed(`"${shownText(text)}" must compare ${field} with a whole number.`);
}

function malformed(message: string): AppError {
  return usageError(
    message,
    `Such as --fail-if 'dlq>0' or --fail-if 'ledger.age>5m'. Fields: ${Object.keys(STATUS_FIELDS).join(', ')}.`,
    'InvalidCondition',
  );
}

/**
 * What of the conditions holds, or can't be told, in their order.
 * @param subscribers as they are now.
 */
export function checkConditions(
  conditions: readonly StatusCondition[],
  subscribers: readonly SubscriberStatus[],
): StatusFinding[] {
  return conditions.flatMap((condition) =>
    subscribers
      .filter(({ name }) => condition.subscriber === undefined || condition.subscriber === name)
      .flatMap((subscriber) => findingOf(condition, subscriber)),
  );
}

function findingOf(condition: StatusCondition, subscriber: SubscriberStatus): StatusFinding[] {
  const { field, text } = condition;
  const found = subscriber[STATUS_FIELDS[field]];
  const about = { condition: text, subscriber: subscriber.name, field, value: found };
  if (found === null) {
    const untold = field === 'age' || field === 'consumers';
    const missing = !untold || subscriber.queueUrl === null;
    return [{ ...about, verdict: 'unknown', reason: missing ? 'no-queue' : 'not-told' }];
  }
  return holds(condition, Number(found)) ? [{ ...about, verdict: 'met', reason: null }] : [];
}

function holds({ operator, value }: StatusCondition, found: number): boolean {
  switch (operator) {
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '=':
      return found === value;
    case '!=':
      return found !== value;
  }
}
