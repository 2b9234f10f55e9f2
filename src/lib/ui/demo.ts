import type { ChalkInstance } from 'chalk';
import type { Topology } from '../definition/topology.ts';
import type { DemoEvent, DemoResult } from '../demo/demo-event.ts';
import { reportWords } from './function-log.ts';
import { subscriberLabel } from './subscriber-label.ts';
import { topologyDiagram } from './topology-diagram.ts';
import { wrapText } from './wrap.ts';

const COLUMNS = 80;
const NOUNS: Readonly<Record<string, string>> = { dlq: 'dead-letter queue', logs: 'log group' };

/** What the lines of a demo are about. */
export interface DemoView {
  readonly topology: Topology;
  /** Whether RabbitMQ carries the messages. */
  readonly onRabbitMq: boolean;
  readonly style: ChalkInstance;
}

/** The lines that tell one thing that happened in a demo. */
export function renderDemoEvent(event: DemoEvent, view: DemoView): string[] {
  const { style, topology } = view;
  const good = (text: string): string => `   ${style.green('✓')} ${text}`;
  const bad = (text: string): string => `   ${style.red('✗')} ${text}`;
  const names = topology.subscribers.map(({ name }) => name);
  const label = (name: string): string => subscriberLabel(name, style, longest(names));
  switch (event.kind) {
    case 'opening':
      return opening(event.viaApi, view);
    case 'step': {
      const number = style.cyan(`${event.number}/${event.of}`);
      return ['', `${number} ${style.bold(event.title)} ${style.dim(`· ${event.why}`)}`];
    }
    case 'provisioned':
      return wrapText(
        Object.entries(event.counts)
          .map(([type, count]) => plural(count, NOUNS[type] ?? type))
          .join(', '),
        COLUMNS - 5,
      ).map((line, index) => (index === 0 ? good(line) : `     ${line}`));
    case 'listening':
      return [
        good(
          event.function === undefined
            ? `${event.subscriber} listens on ${event.queue}`
            : `${event.function} takes from ${event.queue}`,
        ),
      ];
    case 'published':
      return published(event, style);
    case 'serving':
      return [good(`the order API answers at ${event.url}`)];
    case 'requested': {
      const text = clip(`${event.method} ${event.path}`.padEnd(16) + event.body, COLUMNS - 5);
      return [`   ${style.cyan('→')} ${text}`];
    }
    case 'reaction':
      return event.lines.map((line) => `${label(event.subscriber)} ${line}`);
    case 'policyRemoved':
      return [`   ${style.yellow('✂')} policy statement removed from ${event.queue}`];
    case 'policyRestored':
      return [good(`policy statement back on ${event.queue}`)];
    case 'bindingRemoved': {
      const text = `binding removed from ${event.queue}: ${event.keys.join(', ')}`;
      return [`   ${style.yellow('✂')} ${clip(text, COLUMNS - 5)}`];
    }
    case 'bindingRestored':
      return [good(`binding back on ${event.queue}`)];
    case 'remark':
      return wrapText(event.text, COLUMNS - 5).map((line) => `     ${style.dim(line)}`);
    case 'silent':
      return [
        `${label(event.subscriber)} ${style.yellow(`… silent: ${event.event} never came`)}`,
        `   ${style.yellow('!')} the publisher saw no error, and the event is lost`,
      ];
    case 'diagnosed':
      return [
        `   ${style.cyan('?')} pubsub doctor: ${style.bold(event.subject)}`,
        ...wrapText(event.evidence, COLUMNS - 5).map((line) => `     ${line}`),
      ];
    case 'handlerFailed': {
      const { event: what, receiveCount, reason, subscriber } = event;
      const lines = [`✗ failed on ${what}, receive ${receiveCount}`, `  ${reason}`];
      return lines.map(
        (line) => `${label(subscriber)} ${style.red(clip(line, COLUMNS - longest(names) - 3))}`,
      );
    }
    case 'logLine': {
      const { kind, text, requestId, figures } = event.line;
      const paint = kind === 'error' ? style.red : kind === 'report' ? style.dim : plain;
      const words =
        kind === 'report' && figures ? reportWords(requestId, figures) : text.replaceAll('\n', ' ');
      const room = COLUMNS - longest(names) - 3;
      return [
        `${label(event.subscriber)} ${paint(clip(`${kind === 'error' ? '✗ ' : ''}${words}`, room))}`,
      ];
    }
    case 'released':
      return event.isBroken
        ? [`   ${style.yellow('✂')} a release of ${event.function} that fails on everything`]
        : [good(`${event.function} has its own code again`)];
    case 'hidden': {
      const { receive, of, seconds, skipped, isLast } = event;
      const next = isLast ? 'then it is a dead letter' : 'then it comes again';
      const line = `   ${style.yellow('…')} receive ${receive} of ${of}: hidden for ${seconds} s, ${next}`;
      const clock = style.dim("     (the engine's clock goes ahead, so that nobody waits)");
      return skipped && receive === 1 ? [line, clock] : [line];
    }
    case 'reason':
      return [
        `   ${style.cyan('?')} pubsub dlq show: ${style.bold(event.reason)}`,
        `     ${style.dim(`from the log of ${event.function}`)}`,
      ];
    case 'drift':
      return [`   ${style.cyan('~')} setup: ${event.setting} ${event.from} → ${event.to}`];
    case 'tableCounted': {
      const text = `table ${event.table}: ${event.found.length} of ${event.expected} expected items: ${event.found.join(', ')}`;
      return [event.found.length === event.expected ? good(text) : bad(text)];
    }
    case 'deadLettered':
      return [`   ${style.yellow('☠')} moved to ${event.dlq}`];
    case 'redriven':
      return [good(`sent back: ${event.dlq} is empty again`)];
    case 'counted': {
      const text = `${event.subscriber.padEnd(longest(names))} ${event.received} of ${event.expected} expected events`;
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

function opening(viaApi: boolean, { topology, style, onRabbitMq }: DemoView): string[] {
  const source = viaApi ? 'order API and outbox' : 'publisher';
  const note = `The names of this run begin with ${topology.prefix}-`;
  const kind = onRabbitMq ? 'topic exchange' : 'SNS topic';
  return ['', ...topologyDiagram(topology, source, kind), '', style.dim(note)];
}

/** An event, its attributes where it has any of its own, and whom its filters leave out. */
function published(
  { type, fields, attributes, filtered }: Extract<DemoEvent, { kind: 'published' }>,
  style: ChalkInstance,
): string[] {
  const own = Object.entries(attributes).map(([name, value]) => `${name}: ${value}`);
  const text = [type, shortFields(fields), ...own].filter((part) => part !== '').join('  ');
  const lines = [`   ${style.cyan('→')} ${clip(text, COLUMNS - 5)}`];
  if (filtered.length > 0) {
    lines.push(`     ${style.dim(clip(`filtered out for ${filtered.join(', ')}`, COLUMNS - 5))}`);
  }
  return lines;
}

/** `{"id":1,"state":"new"}` as `id 1  state new`: names and values without the marks of JSON. */
function shortFields(fields: string): string {
  return fields
    .replace(/^\{|\}$/g, '')
    .replace(/"([^"\\]*)"\s*:\s*/g, '$1 ')
    .replace(/,(?=\w+ )/g, '  ')
    .replaceAll('"', '');
}

function clip(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

const plain = (text: string): string => text;

function longest(names: readonly string[]): number {
  return Math.max(...names.map((name) => name.length));
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/** The lines that end a demo. */
export function renderDemoResult(
  result: DemoResult,
  { style, onRabbitMq }: Omit<DemoView, 'topology'>,
): string[] {
  const { ok, steps, events, ms } = result;
  const counted = `${events.received} of ${events.expected} expected deliveries · ${(ms / 1000).toFixed(1)} s`;
  if (ok) {
    const lost =
      events.lost === 0
        ? []
        : [
            style.dim(
              `  ${plural(events.lost, 'delivery')} lost on purpose, while the ${onRabbitMq ? 'binding' : 'policy'} was gone.`,
            ),
          ];
    return [
      '',
      `${style.green('✓')} ${style.bold('Everything arrived that should')} · ${counted}`,
      ...lost,
    ];
  }
  const failed = steps.filter((step) => !step.ok).map(({ name }) => name);
  return ['', `${style.red('✗')} ${style.bold(`Failed: ${failed.join(', ')}`)} · ${counted}`];
}
