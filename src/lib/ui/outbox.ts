import type { ChalkInstance } from 'chalk';
import type { FailingOrderEvent, OrderOutboxStatus } from '../orders/order-outbox.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { grouped } from './numbers.ts';

/** Columns of a line. */
const WIDTH = 80;
const INDENT = '    ';

/** The lines that show an outbox: how much waits, and what fails for which reason. */
export function renderOutbox(
  { waiting, oldestAgeSeconds, failing, delivered, failures }: OrderOutboxStatus,
  style: ChalkInstance,
): string[] {
  const kept = style.dim(`${grouped(delivered)} delivered and kept`);
  if (waiting === 0) return [`${style.green('✓')} nothing waits · ${kept}`];
  const age = shownDuration(oldestAgeSeconds ?? 0);
  const head = `${grouped(waiting)} waiting, the oldest for ${age}`;
  if (failing === 0) return [`${style.yellow('…')} ${head} · ${kept}`];
  const more = failing - failures.length;
  return [
    `${style.red('✗')} ${head} · ${style.red(`${grouped(failing)} failing`)} · ${kept}`,
    '',
    ...failures.flatMap((event) => failure(event, style)),
    ...(more > 0 ? [style.dim(`  and ${grouped(more)} more`)] : []),
  ];
}

function failure(event: FailingOrderEvent, style: ChalkInstance): string[] {
  const { id, orderId, eventType, attempts, lastError, retryInSeconds } = event;
  const when = retryInSeconds > 0 ? `again in ${shownDuration(retryInSeconds)}` : 'due now';
  const tries =
    attempts === 0 ? '' : `refused ${attempts === 1 ? 'once' : `${grouped(attempts)} times`}, `;
  const words = wrapped(lastError, WIDTH - INDENT.length);
  return [
    `  ${style.bold(`event ${id}`)}  ${eventType} of order ${orderId}  ${style.dim(`${tries}${when}`)}`,
    ...words.map((line) => INDENT + style.red(line)),
  ];
}

/** A text in lines of so many columns at the most; a longer word has a line of its own. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
