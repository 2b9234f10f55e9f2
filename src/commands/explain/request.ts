import { findSubscribers } from '../../lib/definition/find.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { type Recipient, recipientsOf } from '../../lib/diagnose/explain/delivery-verdict.ts';
import { createEventMaker } from '../../lib/events/event-maker.ts';
import { type EventMessage, idFields, readMessage } from '../../lib/events/message.ts';
import type { OutgoingEvent } from '../../lib/events/outgoing-event.ts';
import { compileMessageCheck } from '../../lib/events/schemas.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import type { FilterableAttributes } from '../../lib/rules/filter-policy/index.ts';
import { SQS_MAX_MESSAGE_BYTES } from '../../lib/rules/limits.ts';
import { isJson } from '../../lib/rules/text/is-json.ts';
import { type Line, readLines } from '../../lib/rules/text/json-lines.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { CommandContext } from '../command.ts';
import { readEventFields } from '../event-fields.ts';
import { parseScope, readPolicyFlag } from '../filter-flag.ts';
import { checkFiles, readBytes } from '../publish/files.ts';
import type { ResourceFlags } from '../topology.ts';

export interface ExplainFlags extends ResourceFlags {
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
  const named = recipientsOf(
    findSubscribers(topology, subscriber ?? 'all'),
    topic,
    topology.functions,
  );
  if (filterPolicy === undefined) {
    if (scope === undefined) return named;
    throw usageError('--scope needs --filter-policy.');
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
 * @throws AppError (exit 2) for what is not an event; while a file is read, for a line that is none.
 */
export async function* readMessages(
  context: CommandContext,
  { events }: Topology,
  word: string | undefined,
  flags: ExplainFlags,
): AsyncGenerator<GivenMessage> {
  const { io, printer } = context;
  const { file, data } = flags;
  const attributes = parseAttributes(flags.attribute ?? []);
  const check = await compileMessageCheck(events);
  const maker = createEventMaker({ events, type: word, check, seed: 1 });
  if (file === undefined) {
    const given = data === undefined ? {} : readEventFields('--data', data);
    if (word === undefined && data === undefined) throw missingEvent(events);
    const event = maker.sample(given, 1);
    yield messageOf(event.message, event, attributes);
    return;
  }
  if (word !== undefined || data !== undefined) {
    throw usageError(
      '--file brings its own events; an event type and --data cannot be used with it.',
    );
  }
  await checkFiles(io.cwd, { file, failedTo: undefined });
  for await (const { number, text } of documents(
    readLines(readBytes(io, file), SQS_MAX_MESSAGE_BYTES),
  )) {
    readEventFields(`Line ${number}`, text);
    let event: OutgoingEvent | undefined;
    try {
      ({ event } = maker.line(text, number));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      printer.warn(`Line ${number}: pubsub publish would refuse it. ${error.message}`);
    }
    const message = event?.message ?? readMessage({ messageId: '', text, attributes: {} });
    yield messageOf(message, event, attributes);
  }
}

function missingEvent(events: Topology['events']): AppError {
  const [known = 'payment.captured'] = Object.keys(events);
  return usageError(
    'Which event?',
    `Such as: pubsub explain ${known}, or --file events.jsonl`,
    'MissingEvent',
  );
}

/** @param event as the publisher would send it; undefined where it would refuse the message. */
function messageOf(
  message: EventMessage,
  event: OutgoingEvent | undefined,
  given: ReadonlyMap<string, FilterableAttributes[string] | undefined>,
): GivenMessage {
  const { text, type } = message;
  const typed = type === undefined ? {} : { event_type: { type: 'String', value: type } };
  const attributes = new Map<string, FilterableAttributes[string] | undefined>([
    ...Object.entries(event?.attributes ?? typed).map(
      ([name, attribute]) =>
        [name, { DataType: attribute.type, StringValue: attribute.value }] as const,
    ),
    ...given,
  ]);
  return {
    title: titleOf(message),
    eventType: type,
    attributes: Object.fromEntries(
      [...attributes].filter((entry) => entry[1] !== undefined),
    ) as FilterableAttributes,
    body: text,
  };
}

/** What a message is called: its type, and what it is about. */
function titleOf(message: EventMessage): string {
  const { type = 'an event without event_type' } = message;
  const [about] = idFields(message);
  return about === undefined ? type : `${type} of ${about[0].replace(/_id$/i, '')} ${about[1]}`;
}

/** A file's lines; one document where the first line alone is not JSON, as in a file that somebody formatted. */
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
