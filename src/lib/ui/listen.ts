import type { ChalkInstance } from 'chalk';
import type { Consumed, ConsumeProblem, ConsumeSummary } from '../consume/consumed.ts';
import { readExactJson } from '../events/json-value.ts';
import type { EventMessage } from '../events/message.ts';
import { printable } from '../rules/text/shown-text.ts';
import { fieldParts, messageName, typeName } from './event-parts.ts';
import { grouped } from './numbers.ts';
import { excerpt, laidOut, type Part, plain } from './parts.ts';
import { labelled, nameWidth } from './subscriber-label.ts';
import { wrapped } from './wrapped.ts';

/** Characters of a body that is shown because nothing else is known of it. */
const SHOWN_BODY = 200;
const INDENT = '     ';

/** One line of `listen --json`: numbers are kept to the letter. */
export function consumedRecord(message: Consumed): Record<string, unknown> {
  const { subscriber, messageId, event, outcome, receiveCount, ms, reason, body } = message;
  const found = event === null ? { event: null } : eventRecord(event);
  return {
    subscriber,
    messageId,
    event: found.event,
    outcome,
    receiveCount,
    ms,
    ...(reason === undefined ? {} : { reason }),
    ...(body === undefined ? found.body : { body }),
  };
}

/** A message's JSON value, numbers to the letter; its text where it is not JSON, or is nested too deeply. */
function eventRecord({ text }: EventMessage) {
  try {
    return { event: readExactJson(text) };
  } catch {
    return { event: null, body: { body: text } };
  }
}

/**
 * The lines that show one message, each with its subscriber's label.
 * @param columns of the terminal; what is longer goes on in further lines.
 * @param names columns of the subscribers' names.
 * @param reaction what a handled event made the subscriber do; a line with the event stands for it when empty.
 */
export function renderConsumed(
  message: Consumed,
  reaction: readonly string[],
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
  names?: number,
): string[] {
  const { subscriber, event, outcome, receiveCount, reason = '', body = '' } = message;
  const room = columns - Math.max(subscriber.length, names ?? nameWidth([])) - ' │ '.length;
  const painted = (text: string, paint: ChalkInstance): string[] =>
    wrapped(text, room, INDENT).map((line) => paint(line));
  const about = event === null ? 'message' : messageName(event);
  const received = `(receive ${receiveCount})`;
  const lines = ((): readonly string[] => {
    switch (outcome) {
      case 'handled':
        if (reaction.length > 0) return reaction.map(printable);
        return event === null ? [] : laidOut(handledParts(event, message.ms, style), room, INDENT);
      case 'invalid':
        return [
          ...painted(`✗ ${printable(reason)}`, style.red),
          ...painted(`   Left in the queue ${received}: ${excerpt(body, SHOWN_BODY)}`, style.dim),
        ];
      case 'failed':
      case 'timeout': {
        const [first = '', ...rest] = reason.split('\n').map(printable);
        const verb = outcome === 'failed' ? 'failed' : 'took too long';
        return [
          ...painted(`✗ ${about} ${verb} ${received}: ${first}`, style.red),
          ...rest.flatMap((line) => painted(`   ${line}`, style.red)),
        ];
      }
      case 'duplicate':
        return painted(`= ${about} was handled before ${received}`, style.dim);
    }
  })();
  return lines.map((line) => labelled(subscriber, line, style, names));
}

/** What a handled event shows: its type, fields and id. */
function handledParts(event: EventMessage, ms: number, style: ChalkInstance): Part[] {
  return [
    { text: `✓ ${typeName(event)}`, paint: style.green },
    ...fieldParts(event),
    { text: `id=${excerpt(event.id, SHOWN_BODY)}`, paint: style.dim },
    { text: `(${ms} ms)`, paint: plain },
  ];
}

/** A single message that a person should know about, as a sentence. */
export function renderMessageProblem(
  problem: Extract<ConsumeProblem, { readonly messageId: string }>,
): string {
  const { subscriber, messageId } = problem;
  switch (problem.kind) {
    case 'undeleted':
      return `${subscriber}: message ${messageId} was handled but not deleted, and will come again: ${problem.reason}`;
    case 'unextended':
      return `${subscriber}: message ${messageId} could not be kept hidden while it is handled, and may come twice: ${problem.reason}`;
    case 'expired':
      return `${subscriber}: message ${messageId} waited too long for its turn and will come again; use a higher --concurrency.`;
  }
}

const ENDS = {
  stopped: 'stopped',
  max: '--max reached',
  idle: 'idle timeout',
  failed: 'could not go on',
} as const;

/** The line that sums up a subscriber's run. */
export function renderSummary(
  summary: ConsumeSummary,
  style: ChalkInstance,
  names?: number,
): string {
  const { subscriber, outcomes, deleted, released, end } = summary;
  const counts = [
    `${grouped(outcomes.handled)} handled`,
    ...(['failed', 'invalid', 'timeout', 'duplicate'] as const)
      .filter((outcome) => outcomes[outcome] > 0)
      .map((outcome) => `${grouped(outcomes[outcome])} ${outcome}`),
    `${grouped(deleted)} deleted`,
    ...(released > 0 ? [`${grouped(released)} given back unbegun`] : []),
  ];
  return labelled(subscriber, `${counts.join(', ')} ${style.dim(`(${ENDS[end]})`)}`, style, names);
}
