import type { ChalkInstance } from 'chalk';
import type { DemoEvent, DemoResult, DemoStep } from '../demo/demo-event.ts';
import { subscriberLabel } from './subscriber-label.ts';

/** What each step is about, as its headline and one line of why. */
const HEADLINES: Readonly<Record<DemoStep, readonly [string, string]>> = {
  setup: ['Set up', 'a topic, three queues, a dead-letter queue behind each'],
  subscribe: ['Start the subscribers', 'each tails a queue of its own'],
  serve: ['Start the order API', 'orders in a database, their events in its outbox'],
  create: ['Create three orders', 'one publish each; SNS copies it to every queue'],
  confirm: ['Confirm them', 'the same fan-out, another event type'],
  break: ['Break a queue policy', 'SNS may not write any more, and tells nobody'],
  recover: ['Put the policy back', 'what was lost stays lost; what comes now arrives'],
  poison: ['Poison a message', 'a handler that fails three times sends it to the DLQ'],
  redrive: ['Mend the handler, send it back', 'from the DLQ to where it came from'],
  verify: ['Verify', 'every expected event at every subscriber'],
  cleanup: ['Clean up', 'subscriptions → topic → queues → DLQs, then look again'],
};

/** The same where the order API announces the orders. */
const VIA_API_HEADLINES: Partial<typeof HEADLINES> = {
  create: ['Create three orders', 'order and event in one transaction'],
  confirm: ['Confirm them', 'a change of status is another event'],
};

/** The picture that opens the demo. */
export const DIAGRAM: readonly string[] = [
  ' publisher ──▶ SNS topic order-events ─┬─▶ email-service-queue     ─▶ email',
  '                                       ├─▶ inventory-service-queue ─▶ inventory',
  '                                       └─▶ analytics-service-queue ─▶ analytics',
  '                                            each queue has a …-dlq behind it',
];

const VIA_API_DIAGRAM: readonly string[] = [
  ' POST /orders ──▶ orders + outbox ──▶ relay ──▶ SNS topic order-events',
  '   ├─▶ email-service-queue     ─▶ email',
  '   ├─▶ inventory-service-queue ─▶ inventory',
  '   └─▶ analytics-service-queue ─▶ analytics',
];

/** The lines that tell one thing that happened in a demo. */
export function renderDemoEvent(event: DemoEvent, style: ChalkInstance): string[] {
  const good = (text: string): string => `   ${style.green('✓')} ${text}`;
  const bad = (text: string): string => `   ${style.red('✗')} ${text}`;
  switch (event.kind) {
    case 'opening':
      return [
        '',
        ...(event.viaApi ? VIA_API_DIAGRAM : DIAGRAM),
        '',
        style.dim(`The topic of this run: ${event.topic}; the queues have its prefix.`),
      ];
    case 'step': {
      const via = event.viaApi ? VIA_API_HEADLINES[event.step] : undefined;
      const [title, why] = via ?? HEADLINES[event.step];
      const number = style.cyan(`${event.number}/${event.of}`);
      return ['', `${number} ${style.bold(title)} ${style.dim(`· ${why}`)}`];
    }
    case 'provisioned':
      return [
        good(
          Object.entries(event.counts)
            .map(([type, count]) => plural(count, type === 'dlq' ? 'dead-letter queue' : type))
            .join(', '),
        ),
      ];
    case 'listening':
      return [good(`${event.subscriber} listens on ${event.queue}`)];
    case 'published':
      return [
        `   ${style.cyan('→')} ${event.eventType}  order ${event.orderId}  $${event.total}  ${event.status}`,
      ];
    case 'serving':
      return [good(`the order API answers at ${event.url}`)];
    case 'requested': {
      const request = `${event.method} ${event.path}`.padEnd(16);
      const facts = `order ${event.orderId}  $${event.total}  ${event.status}`;
      return [`   ${style.cyan('→')} ${request} ${facts}`];
    }
    case 'reaction':
      return event.lines.map((line) => `${subscriberLabel(event.subscriber, style)} ${line}`);
    case 'policyRemoved':
      return [`   ${style.yellow('✂')} policy statement removed from ${event.queue}`];
    case 'policyRestored':
      return [good(`policy statement back on ${event.queue}`)];
    case 'silent':
      return [
        `${subscriberLabel(event.subscriber, style)} ${style.yellow(`… silent: order ${event.orderId} never came, and the publisher saw no error`)}`,
      ];
    case 'handlerFailed':
      return [
        `${subscriberLabel(event.subscriber, style)} ${style.red(`✗ failed on order ${event.orderId} (receive ${event.receiveCount}): ${event.reason}`)}`,
      ];
    case 'deadLettered':
      return [`   ${style.yellow('☠')} moved to ${event.dlq}`];
    case 'redriven':
      return [good(`sent back: ${event.dlq} is empty again`)];
    case 'counted': {
      const text = `${event.subscriber.padEnd(9)} ${event.received} of ${event.expected} expected events`;
      return [event.received === event.expected ? good(text) : bad(text)];
    }
    case 'removed': {
      const text = `${plural(event.deleted, 'resource')} removed`;
      return [
        event.verified ? good(`${text}, nothing left`) : bad(`${text}, but something is left`),
      ];
    }
    case 'stepDone':
      return event.reason === undefined ? [] : [bad(event.reason)];
  }
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/** The lines that end a demo. */
export function renderDemoResult(result: DemoResult, style: ChalkInstance): string[] {
  const { ok, steps, events } = result;
  const seconds = (steps.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(1);
  const counted = `${events.received} of ${events.expected} expected deliveries, ${seconds} s`;
  if (ok) return ['', `${style.green('✓')} ${style.bold('Everything arrived')} · ${counted}`];
  const failed = steps.filter((step) => !step.ok).map(({ name }) => name);
  return ['', `${style.red('✗')} ${style.bold(`Failed: ${failed.join(', ')}`)} · ${counted}`];
}
