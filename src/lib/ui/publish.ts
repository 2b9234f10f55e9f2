import type { ChalkInstance } from 'chalk';
import type { OrderEvent } from '../model/order-event.ts';
import { grouped } from './numbers.ts';

/** One line for an event that SNS took. */
export function renderPublished(
  event: OrderEvent,
  messageId: string,
  style: ChalkInstance,
): string {
  const { event_type, order_id, user_id, total, status } = event;
  return `${style.cyan('→')} ${event_type}  order ${order_id}  user ${user_id}  $${total}  ${status}  ${style.dim(messageId.slice(0, 8))}`;
}

/** One line for an event that was not published. */
export function renderFailure(where: string, code: string, message: string): string {
  return `${where} was not published: ${message}${code === 'InvalidEvent' ? '' : ` (${code})`}`;
}

/** The line that ends a publish. */
export function renderPublishSummary(
  outcome: { published: number; failed: number; topic: string; seconds: number },
  style: ChalkInstance,
): string {
  const { published, failed, topic, seconds } = outcome;
  const events = `${grouped(published)} event${published === 1 ? '' : 's'}`;
  const rate =
    published > 10 ? ` in ${seconds.toFixed(1)} s (${grouped(published / seconds)}/s)` : '';
  const mark = failed === 0 ? style.green('✓') : style.red('✗');
  const failures = failed > 0 ? `, ${style.red(`${grouped(failed)} failed`)}` : '';
  return `${mark} Published ${events} to ${topic}${rate}${failures}`;
}

/** What to do about the lines of a file that were not reached. @param goOn the command that publishes them, if any. */
export function renderUnread(nextLine: number, goOn: string | undefined): string {
  const unread = `Line ${nextLine} and those after it were not published.`;
  return goOn === undefined ? unread : `${unread} Go on with: ${goOn}`;
}
