import type { ChalkInstance } from 'chalk';
import type { MessageEvent } from '../rules/message-trace.ts';
import { nameOfArn } from '../rules/names.ts';
import { printable } from '../rules/text/shown-text.ts';
import { clockTime } from './numbers.ts';

/**
 * What happens to a message of a queue that a function takes from, in a line; undefined for what says nothing new.
 * @param maxReceiveCount receives before it is a dead letter; undefined where there are none.
 */
export function renderQueueEvent(
  event: MessageEvent,
  maxReceiveCount: number | undefined,
  style: ChalkInstance,
): string | undefined {
  const id = style.dim(event.messageId.slice(0, 8));
  switch (event.kind) {
    case 'received': {
      const of = maxReceiveCount === undefined ? '' : ` of ${maxReceiveCount}`;
      const until = `hidden until ${clockTime(event.hiddenUntil)}`;
      return `${id} ↓ receive ${event.receiveCount}${of}, ${until}`;
    }
    case 'visible':
      return style.yellow(`${id} ↑ was not deleted in time: visible again`);
    case 'deleted':
      return event.by === 'consumer' ? `${id} ${style.green('✓')} handled and deleted` : undefined;
    case 'dead-lettered':
      return style.red(
        `${id} ☠ received ${event.receiveCount} times: now in ${nameOfArn(event.deadLetterArn)}`,
      );
    case 'unmatched':
      return style.yellow(`${id} matches no filter of the mapping: deleted unseen`);
    case 'failed':
      return style.red(`${id} ✗ ${event.errorType}: ${printable(event.reason)}`);
    default:
      return undefined;
  }
}
