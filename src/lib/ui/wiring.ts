import type { ChalkInstance } from 'chalk';
import type {
  WiredQueue,
  WiredSubscription,
  WiredTopic,
  Wiring,
} from '../diagnose/wiring/wiring.ts';
import { parseArn } from '../rules/names.ts';
import { printable } from '../rules/text/shown-text.ts';
import { cutText } from './text-width.ts';
import { wrapText } from './wrap.ts';
import { wrapped } from './wrapped.ts';

/** Below this many columns a line's second half goes onto a line of its own. */
const NARROW = 60;
/** Columns of the names' column at the most; longer ones have the rest below them. */
const WIDEST_NAME = 36;
/** Subscriptions of a topic that are shown unless all are asked for. */
const MOST_SHOWN = 20;

/** How a wiring is shown. */
export interface WiringView {
  readonly columns: number;
  readonly style: ChalkInstance;
  /** Every subscription, and reasons in full. */
  readonly verbose: boolean;
}

interface BesideView extends Layout {
  readonly paint?: (text: string) => string;
  readonly cut?: boolean;
}

/** A view, and how wide the column of names is in it. */
interface Layout extends WiringView {
  readonly nameWidth: number;
}

/** What is wired to what, as lines: what is broken first, then topics, queues and dead-letter queues. */
export function renderWiring(wiring: Wiring, given: WiringView): string[] {
  const { topics, queues, orphans } = wiring;
  const names = [
    ...topics.flatMap(({ name, subscriptions }) => [
      `topic ${name}`,
      ...subscriptions.map((each) => `  → ${target(each)}`),
    ]),
    ...queues.map(({ name }) => `  ${name}`),
  ].map(({ length }) => length);
  const nameWidth = Math.max(0, ...names.filter((length) => length <= WIDEST_NAME));
  const { columns, style, verbose } = given;
  const view: Layout = { columns, style, verbose, nameWidth };
  const isDlq = ({ topics: on, deadLettersOf }: WiredQueue): boolean =>
    on.length === 0 && deadLettersOf.length > 0;
  const dlqs = queues.filter(isDlq);
  const parts = [
    [summary(wiring, view)],
    broken(wiring, view),
    topics.flatMap((topic) => topicLines(topic, view)),
    section(
      'queues',
      queues.filter((each) => !isDlq(each)),
      view,
      queueFacts,
    ),
    section('dead-letter queues', dlqs, view, dlqFacts),
    orphans.length === 0
      ? []
      : [
          view.style.bold('subscriptions without a topic'),
          ...orphans.flatMap((each) => orphanLines(each, view)),
        ],
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : ['', ...part]));
}

function summary({ topics, queues, orphans }: Wiring, { columns }: WiringView): string {
  const subscriptions = topics.reduce(
    (sum, each) => sum + each.subscriptions.length,
    orphans.length,
  );
  return cutText(
    [
      count(topics.length, 'topic'),
      count(queues.length, 'queue'),
      count(subscriptions, 'subscription'),
    ].join(', '),
    columns,
  );
}

/** A line for each subscription whose messages don't arrive. */
function broken({ topics, orphans }: Wiring, view: Layout): string[] {
  const found = topics.flatMap(({ name, subscriptions }) =>
    subscriptions.filter(isBroken).map((each) => ({ topic: name, ...each })),
  );
  const lines = found.map(
    ({ topic, reason, ...each }) => `${topic} → ${target(each)}: ${printable(reason ?? '')}`,
  );
  const all = [
    ...lines,
    ...orphans.map((each) => `${target(each)}: its topic ${nameOf(each.topicArn)} is gone`),
  ];
  const shown = view.verbose ? all : all.slice(0, MOST_SHOWN);
  const more = all.length - shown.length;
  return [
    ...shown.flatMap((line) => {
      const all = wrapText(line, view.columns - 2);
      const kept = view.verbose ? all : all.slice(0, 3);
      const cut = kept.length < all.length ? '…' : '';
      return kept.map((part, index) =>
        view.style.red(`${index === 0 ? '✗' : ' '} ${part}${index === kept.length - 1 ? cut : ''}`),
      );
    }),
    ...(more > 0 ? [`  … and ${more} more: --verbose`] : []),
  ];
}

function isBroken({ state }: WiredSubscription): boolean {
  return state === 'refused' || state === 'no-queue' || state === 'pending';
}

function topicLines(topic: WiredTopic, view: Layout): string[] {
  const { name, owner, subscriptions } = topic;
  const shown = view.verbose ? subscriptions : subscriptions.slice(0, MOST_SHOWN);
  const more = subscriptions.length - shown.length;
  return [
    ...beside(`topic ${name}`, owner.words, { ...view, paint: view.style.bold }),
    ...(subscriptions.length === 0 ? [view.style.yellow('  nobody is subscribed')] : []),
    ...shown.flatMap((each) => subscriptionLines(each, view)),
    ...(more > 0 ? [cutText(`  … and ${more} more: --verbose`, view.columns)] : []),
  ];
}

const SIGNS = {
  ok: '→',
  pending: '✗',
  'no-queue': '✗',
  refused: '✗',
  elsewhere: '→',
  unknown: '?',
} as const;

const STATE_WORDS = {
  ok: undefined,
  pending: 'unconfirmed',
  'no-queue': 'no such queue',
  refused: 'refused by its policy',
  elsewhere: undefined,
  unknown: 'policy unknown',
} as const;

function subscriptionLines(subscription: WiredSubscription, view: Layout): string[] {
  const { state, filterPolicy, filterPolicyScope, rawDelivery } = subscription;
  const facts = [
    STATE_WORDS[state],
    rawDelivery ? 'raw' : undefined,
    filterPolicy &&
      `${filterPolicyScope === 'MessageBody' ? 'body' : 'attributes'} ${printable(filterPolicy)}`,
  ].filter((fact) => fact !== undefined);
  const paint = isBroken(subscription) ? view.style.red : (text: string): string => text;
  return beside(`  ${SIGNS[state]} ${target(subscription)}`, facts.join(', '), {
    ...view,
    paint,
    cut: !view.verbose,
  });
}

/** Where a subscription goes: a queue's name, with account and region where they are not the topic's; else the endpoint. */
function target({
  endpoint,
  topicArn,
  queue,
  protocol,
}: WiredSubscription | Omit<WiredSubscription, 'reason'>): string {
  if (queue === undefined) return `${protocol} ${printable(endpoint)}`;
  const [to, from] = [parseArn(endpoint), parseArn(topicArn)];
  const near = to?.account === from?.account && to?.region === from?.region;
  return near ? queue : `${queue} (${to?.account} ${to?.region})`;
}

function section(
  title: string,
  queues: readonly WiredQueue[],
  view: Layout,
  factsOf: (queue: WiredQueue) => string,
): string[] {
  if (queues.length === 0) return [];
  return [
    view.style.bold(title),
    ...queues.flatMap((queue) =>
      beside(
        `  ${queue.name}`,
        [messages(queue), factsOf(queue), queue.owner.words].filter(Boolean).join(' · '),
        view,
      ),
    ),
  ];
}

function queueFacts({ topics, deadLetters }: WiredQueue): string {
  const on =
    topics.length > 1 ? `of ${topics.length} topics, ` : topics.length === 0 ? 'no topic, ' : '';
  return deadLetters === undefined
    ? `${on}no dead-letter queue`
    : `${on}dead after ${deadLetters.maxReceiveCount}: ${deadLetters.queue}`;
}

function dlqFacts({ deadLettersOf: [first = '', ...more] }: WiredQueue): string {
  return `of ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`;
}

function messages({ waiting, inFlight }: WiredQueue): string {
  if (waiting === undefined) return 'not readable';
  return `${waiting} waiting${inFlight ? `, ${inFlight} in flight` : ''}`;
}

function orphanLines({ endpoint, arn = '' }: WiredSubscription, view: Layout): string[] {
  return beside(`  ${nameOf(endpoint)}`, arn, view);
}

/**
 * Two texts on one line where the first is no longer than `nameWidth`, else the second below the first.
 * @param view.cut whether the second is cut to a line, rather than wrapped.
 */
function beside(left: string, right: string, view: BesideView): string[] {
  const { columns, style, nameWidth, paint = (text) => text, cut = false } = view;
  const fits = left.length <= nameWidth && columns >= NARROW;
  if (right === '') return wrapped(left, columns, '    ').map((line) => paint(line));
  const indent = fits ? nameWidth + 2 : 6;
  const room = Math.max(10, columns - indent);
  const lines = cut ? [cutText(right, room)] : wrapText(right, room);
  const [first = '', ...more] = lines;
  const rest = (fits ? more : lines).map((line) => ' '.repeat(indent) + style.dim(line));
  return fits
    ? [`${paint(left.padEnd(nameWidth))}  ${style.dim(first)}`, ...rest]
    : [...wrapped(left, columns, '    ').map((line) => paint(line)), ...rest];
}

function nameOf(arn: string): string {
  return parseArn(arn)?.resource ?? arn;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
