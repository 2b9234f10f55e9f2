import type { ChalkInstance } from 'chalk';
import type { Consumed, ConsumeProblem, ConsumeSummary } from '../consume/consumed.ts';
import { orderEventDocument } from '../events/order-event.ts';
import { grouped } from './numbers.ts';
import { LABEL_WIDTH, subscriberLabel } from './subscriber-label.ts';
import { printable, wrapped } from './wrapped.ts';

/** Characters of a body that is no event which are shown. */
const SHOWN_BODY = 200;
const INDENT = '     ';

/** One line of `listen --json`. */
export function consumedRecord(message: Consumed): Record<string, unknown> {
  const { subscriber, messageId, event, outcome, receiveCount, ms, reason, body } = message;
  return {
    subscriber,
    messageId,
    event: event && orderEventDocument(event),
    outcome,
    receiveCount,
    ms,
    ...(reason === undefined ? {} : { reason }),
    ...(body === undefined ? {} : { body }),
  };
}

/**
 * The lines that show one message, each with its subscriber's label.
 * @param columns of the terminal; failures are wrapped to it.
 * @param reaction what a handled event made the subscriber do; a line with the bare facts stands for it when empty.
 */
export function renderConsumed(
  message: Consumed,
  reaction: readonly string[],
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const { subscriber, event, outcome, receiveCount, ms, reason = '', body = '' } = message;
  const painted = (text: string, paint: ChalkInstance): string[] =>
    wrapped(text, columns - LABEL_WIDTH - 1, INDENT).map((line) => paint(line));
  const about = event ? `${event.event_type} of order ${event.order_id}` : 'message';
  const received = `(receive ${receiveCount})`;
  const lines = ((): readonly string[] => {
    switch (outcome) {
      case 'handled':
        return reaction.length > 0 ? reaction : [`${style.green('✓')} ${about} (${ms} ms)`];
      case 'invalid':
        return [
          ...painted(`✗ ${printable(reason)}`, style.red),
          ...painted(`   Left in the queue ${received}: ${excerpt(body)}`, style.dim),
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
        return [style.dim(`= ${about} was handled before ${received}`)];
    }
  })();
  return lines.map((line) => labelled(subscriber, line, style));
}

/** A line with its subscriber's label. */
export function labelled(subscriber: string, line: string, style: ChalkInstance): string {
  return `${subscriberLabel(subscriber, style)} ${line}`;
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
export function renderSummary(summary: ConsumeSummary, style: ChalkInstance): string {
  const { subscriber, outcomes, deleted, released, end } = summary;
  const counts = [
    `${grouped(outcomes.handled)} handled`,
    ...(['failed', 'invalid', 'timeout', 'duplicate'] as const)
      .filter((outcome) => outcomes[outcome] > 0)
      .map((outcome) => `${grouped(outcomes[outcome])} ${outcome}`),
    `${grouped(deleted)} deleted`,
    ...(released > 0 ? [`${grouped(released)} given back unbegun`] : []),
  ];
  return labelled(subscriber, `${counts.join(', ')} ${style.dim(`(${ENDS[end]})`)}`, style);
}

/** The beginning of a text, on one line. */
function excerpt(text: string): string {
  const plain = printable(text.slice(0, SHOWN_BODY));
  return text.length > SHOWN_BODY ? `${plain}…` : plain || '(empty)';
}
