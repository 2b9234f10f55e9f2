import type { ChalkInstance } from 'chalk';
import type { MessageEvent } from '../rules/message-trace.ts';
import { nameOfArn } from '../rules/names.ts';
import { printable } from '../rules/text/shown-text.ts';
import { clockTime } from './numbers.ts';
import { wrapped } from './wrapped.ts';

/**
 * What happens to a message of a queue that a function takes from, for people; nothing where that says nothing new.
 * @param maxReceiveCount receives before it is a dead letter; undefined where there are none.
 * @param columns of a line.
 */
export function renderQueueEvent(
  event: MessageEvent,
  maxReceiveCount: number | undefined,
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const told = eventWords(event, maxReceiveCount);
  if (told === undefined) return [];
  const [words, color] = told;
  const lines = wrapped(`${event.messageId.slice(0, 8)} ${words}`, columns, '  ');
  return lines.map((line) => (color === undefined ? line : style[color](line)));
}

/** What happened in words, and the color that they have. */
function eventWords(
  event: MessageEvent,
  maxReceiveCount: number | undefined,
): [string, ('green' | 'yellow' | 'red')?] | undefined {
  switch (event.kind) {
    case 'received': {
      const of = maxReceiveCount === undefined ? '' : ` of ${maxReceiveCount}`;
      const until = `hidden until ${clockTime(event.hiddenUntil)}`;
      return [`↓ receive ${event.receiveCount}${of}, ${until}`];
    }
    case 'visible':
      return ['↑ was not deleted in time: visible again', 'yellow'];
    case 'deleted':
      return event.by === 'consumer' ? ['✓ handled and deleted', 'green'] : undefined;
    case 'dead-lettered': {
      const queue = nameOfArn(event.deadLetterArn);
      return [`☠ received ${event.receiveCount} times: now in ${queue}`, 'red'];
    }
    case 'unmatched':
      return ['matches no filter of the mapping: deleted unseen', 'yellow'];
    case 'failed':
      return [`✗ ${event.errorType}: ${printable(event.reason)}`, 'red'];
    default:
      return undefined;
  }
}
