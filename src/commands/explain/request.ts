import { findSubscribers } from '../../lib/definition/find.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { type Recipient, recipientsOf } from '../../lib/diagnose/explain/delivery-verdict.ts';
import {
  EVENT_TYPES,
  parseEventFields,
  parseEventType,
  serializeOrderEvent,
} from '../../lib/events/order-event.ts';
import { SAMPLE_ORDERS } from '../../lib/events/sample-orders.ts';
import { completeEvent } from '../../lib/publish/event-source.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import type { FilterableAttributes } from '../../lib/rules/filter-policy/index.ts';
import { SQS_MAX_MESSAGE_BYTES } from '../../lib/rules/limits.ts';
import { type Line, readLines } from '../../lib/rules/text/json-lines.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { CommandContext } from '../command.ts';
import { readEventFields } from '../event-fields.ts';
import { parseScope, readPolicyFlag } from '../filter-flag.ts';
import { checkFiles, readBytes } from '../publish/files.ts';
import type { TopicFlag } from '../topology.ts';

export interface ExplainFlags extends TopicFlag {
  readonly file?: string;
  readonly data?: string;
  readonly attribute?: readonly string[];
  readonly subscriber?: string;
  readonly filterPolicy?: string;
  readonly scope?: string;
  readonly offline?: boolean;
  readonly exitCode?: boolean;
}

/** A message as it would be published. */
export interface GivenMessage {
  readonly title: string;
  readonly eventType: string | undefined;
  readonly attributes: FilterableAttributes;
  readonly body: string;
}

/**
 * Whom the event is held against: the topic's subscribers, one of them, or one with the policy that was given.
 * @throws AppError (exit 2).
 */
export function readRecipients(
  { io }: CommandContext,
  { topology, topic }: { readonly topology: Topology; readonly topic: string },
  { subscriber, filterPolicy, scope }: ExplainFlags,
): readonly Recipient[] {
  const named = recipientsOf(findSubscribers(topology, subscriber ?? 'all'), topic);
  if (filterPolicy === undefined) {
    if (scope === undefined) return named;
    throw usageError('--scope goes with --filter-policy.');
  }
  const given = readPolicyFlag('--filter-policy', filterPolicy, parseScope(scope), io.cwd);
  const [only] = subscriber === undefined || subscriber === 'all' ? [] : named;
  return [
    {
      name: only?.name ?? 'policy',
      rawDelivery: only?.rawDelivery ?? false,
      filterPolicy: given.filterPolicy,
      filterPolicyScope: given.scope,
    },
  ];
}

/**
 * The messages that the words and flags describe: one, or those of a file.
 * @throws AppError (exit 2) for what is no event; while a file is read, for a line that is none.
 */
export async function* readMessages(
  context: CommandContext,
  topology: Topology,
  word: string | undefined,
  flags: ExplainFlags,
): AsyncGenerator<GivenMessage> {
  const { io, printer } = context;
  const { file, data } = flags;
  const attributes = parseAttributes(flags.attribute ?? []);
  if (file === undefined) {
    const body = hasOrders(topology) ? sampleOrder(word, data) : sampleEvent(topology, word, data);
    yield messageOf(parseEventFields(body), body, attributes);
    return;
  }
  if (word !== undefined || data !== undefined) {
    throw usageError('--file brings its own events; an event type and --data do not go with it.');
  }
  await checkFiles(io.cwd, { file, failedTo: undefined });
  for await (const { number, text } of documents(
    readLines(readBytes(io, file), SQS_MAX_MESSAGE_BYTES),
  )) {
    const fields = readEventFields(`Line ${number}`, text);
    let body = text;
    try {
      if (hasOrders(topology)) body = serializeOrderEvent(completeEvent(fields, undefined));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      printer.warn(`Line ${number}: pubsub publish would refuse it. ${error.message}`);
    }
    yield messageOf(parseEventFields(body), body, attributes);
  }
}

/** Whether a topology's events are those of the order processing system, which have a sample and rules here. */
function hasOrders({ name, events }: Topology): boolean {
  return name === 'orders' && Object.keys(events).every((type) => isOrderType(type));
}

function isOrderType(type: string): boolean {
  return (EVENT_TYPES as readonly string[]).includes(type);
}

function sampleOrder(word: string | undefined, data: string | undefined): string {
  const given = data === undefined ? {} : readEventFields('--data', data);
  if (word === undefined && given.event_type === undefined) throw missingEvent(EVENT_TYPES[0]);
  const type = word === undefined ? undefined : parseEventType(word);
  return serializeOrderEvent(completeEvent({ ...SAMPLE_ORDERS[0], ...given }, type));
}

/** An event of any topology: its type, and the fields that are given. */
function sampleEvent(
  { events }: Topology,
  word: string | undefined,
  data: string | undefined,
): string {
  const types = Object.keys(events);
  if (word === undefined && data === undefined) throw missingEvent(types[0] ?? 'payment.captured');
  if (word !== undefined && types.length > 0 && !types.includes(word)) {
    const near = nearest(word, types);
    throw usageError(
      `Unknown event type "${shownText(word)}".${near ? ` Did you mean "${near}"?` : ''}`,
      `Types: ${types.join(', ')}.`,
      'UnknownEventType',
    );
  }
  if (data !== undefined) readEventFields('--data', data);
  if (word === undefined) return data ?? '{}';
  const fields = (data ?? '{}').trim().slice(0, -1).trimEnd();
  // The fields stay as they were given, to the letter; of a key that stands there twice the last counts.
  return `${fields}${fields === '{' ? '' : ','}"event_type":${JSON.stringify(word)}}`;
}

function missingEvent(example: string): AppError {
  return usageError(
    'Which event?',
    `Such as: pubsub explain ${example}, or --file events.jsonl`,
    'MissingEvent',
  );
}

function messageOf(
  fields: Readonly<Record<string, unknown>>,
  body: string,
  given: ReadonlyMap<string, FilterableAttributes[string] | undefined>,
): GivenMessage {
  const eventType = typeof fields.event_type === 'string' ? fields.event_type : undefined;
  const attributes = new Map<string, FilterableAttributes[string] | undefined>([
    // As the publisher writes it.
    ['event_type', eventType ? { DataType: 'String', StringValue: eventType } : undefined],
    ...given,
  ]);
  const order = fields.order_id === undefined ? '' : ` of order ${String(fields.order_id)}`;
  return {
    title: `${eventType ?? 'an event without event_type'}${order}`,
    eventType,
    attributes: Object.fromEntries(
      [...attributes].filter((entry) => entry[1] !== undefined),
    ) as FilterableAttributes,
    body,
  };
}

/** A file's lines; one document where the first line alone is no JSON, as in a file that somebody formatted. */
async function* documents(
  lines: AsyncIterable<Line>,
): AsyncGenerator<{ readonly number: number; readonly text: string }> {
  let whole: string | undefined;
  let first = true;
  for await (const line of lines) {
    if ('problem' in line) throw usageError(`Line ${line.number}: ${line.problem}.`);
    if (first && !isJson(line.text)) whole = '';
    first = false;
    if (whole === undefined) yield line;
    else whole += `${line.text}\n`;
    if (whole !== undefined && whole.length > SQS_MAX_MESSAGE_BYTES) break;
  }
  if (whole !== undefined) yield { number: 1, text: whole };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `name=value` is a String, `name:Number=5` of that type; `name=` leaves the attribute out. */
function parseAttributes(
  pairs: readonly string[],
): ReadonlyMap<string, FilterableAttributes[string] | undefined> {
  return new Map(
    pairs.map((pair) => {
      const match = /^([\w.-]+)(?::((?:String|Number|Binary)(?:\.[\w.-]+)?))?=(.*)$/s.exec(pair);
      if (match === null) {
        throw usageError(
          `--attribute must be name=value or name:Number=5, not "${shownText(pair)}".`,
          '--attribute tier=gold',
        );
      }
      const [, name = '', type = 'String', value = ''] = match;
      if (value === '') return [name, undefined];
      return [
        name,
        type.startsWith('Binary') ? { DataType: type } : { DataType: type, StringValue: value },
      ];
    }),
  );
}
