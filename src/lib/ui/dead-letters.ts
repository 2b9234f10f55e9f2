import type { ChalkInstance } from 'chalk';
import { ageSeconds, type DeadLetter } from '../dead-letters/dead-letter.ts';
import { type EventMessage, idFields } from '../events/message.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { printable, printableLines } from '../rules/text/shown-text.ts';
import { messageName, typeName } from './event-parts.ts';
import { type Cell, renderTable } from './table.ts';

/** Characters of a body that are shown. */
const SHOWN_BODY = 4_000;

/** One line a subscriber. @param ages whether ages were asked for; without it their column is left out. */
export function renderDeadLetterQueues(
  subscribers: readonly {
    readonly name: string;
    readonly dlq: string;
    readonly depth: number | null;
    readonly inFlight: number | null;
    readonly oldestAgeSeconds: number | null;
  }[],
  ages: boolean,
  style: ChalkInstance,
): string[] {
  const columns = [
    { heading: 'subscriber' },
    { heading: 'dead', numeric: true },
    { heading: 'in flight', numeric: true },
    ...(ages ? [{ heading: 'oldest', numeric: true }] : []),
    { heading: 'queue' },
  ];
  const rows = subscribers.map(({ name, dlq, depth, inFlight, oldestAgeSeconds }): Cell[] => [
    { text: name, paint: style.bold },
    {
      text: depth === null ? '-' : String(depth),
      ...((depth ?? 0) > 0 ? { paint: style.red } : {}),
    },
    { text: inFlight === null ? '-' : String(inFlight) },
    ...(ages ? [{ text: oldestAgeSeconds === null ? '-' : shownDuration(oldestAgeSeconds) }] : []),
    depth === null ? { text: `${dlq} (missing)`, paint: style.red } : { text: dlq },
  ]);
  return renderTable(columns, rows, style);
}

/** The lines that show one dead letter: what it is, why it is dead, and what is in it. */
export function renderDeadLetter(
  shown: {
    readonly letter: DeadLetter;
    readonly reason: { readonly reason: string; readonly by: string } | undefined;
    /** Milliseconds since the epoch. */
    readonly now: number;
  },
  style: ChalkInstance,
): string[] {
  const { letter, reason, now } = shown;
  const { message, event, text } = letter;
  const source = message.sourceArn ?? message.sourceQueue;
  const title = titleOf(event);
  const age = shownDuration(ageSeconds(message, now));
  const facts = `sent ${age} ago, received ${times(message.receiveCount)}`;
  const why = reason
    ? reasonLines(reason).map((each) => style.red(each))
    : [style.dim('not known here: it is kept where the consumer ran')];
  const attributes = Object.entries(letter.attributes).map(
    ([name, { type, value }]) => `${name}=${value}${type === 'String' ? '' : ` (${type})`}`,
  );
  const body = text.length > SHOWN_BODY ? `${text.slice(0, SHOWN_BODY)}…` : text;
  const line = (name: string, value: string): string => `  ${style.dim(name.padEnd(10))} ${value}`;
  return [
    `${style.bold(title)}  ${style.dim(facts)}`,
    ...why.map((each, index) => line(index === 0 ? 'why' : '', each)),
    line('id', message.messageId),
    ...(event.eventId === undefined ? [] : [line('event id', printable(event.eventId))]),
    ...(message.groupId === undefined ? [] : [line('group', printable(message.groupId))]),
    ...(source === undefined ? [] : [line('from', printable(source))]),
    ...(attributes.length === 0 ? [] : [line('attributes', printable(attributes.join(', ')))]),
    line('body', printable(body)),
  ];
}

/** Who says why, where it isn't the consumer itself. */
const SOURCES: Readonly<Record<string, string>> = {
  sns: 'says SNS',
  rabbitmq: 'says RabbitMQ',
  function: "says the function's log",
  'last-error': "the function's last error; its log doesn't name the message",
};

/** A reason may have several lines: the last ones that a program wrote. */
function reasonLines({ reason, by }: { readonly reason: string; readonly by: string }): string[] {
  const lines = printableLines(reason);
  const source = SOURCES[by];
  return source === undefined ? lines : [...lines, `(${source})`];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** One line for a dead letter that is meant: what it is, and its id. */
export function renderSelected({ message, event }: DeadLetter, style: ChalkInstance): string {
  return `${message.messageId}  ${style.bold(titleOf(event))}`;
}

function titleOf(event: EventMessage): string {
  return idFields(event).size > 0 ? messageName(event) : typeName(event);
}
