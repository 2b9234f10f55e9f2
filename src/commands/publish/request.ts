import { chooseTopic } from '../../lib/definition/find.ts';
import type { TopicSpec, Topology } from '../../lib/definition/topology.ts';
import type { MessageAttribute } from '../../lib/events/attributes.ts';
import { assertKnown, createEventMaker, type EventMaker } from '../../lib/events/event-maker.ts';
import { compileMessageCheck } from '../../lib/events/schemas.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { Ranges } from '../../lib/rules/text/ranges.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { CommandContext } from '../command.ts';
import { connect } from '../connect.ts';
import { readEventFields } from '../event-fields.ts';
import { reading } from '../reading.ts';
import type { ResourceFlags } from '../topology.ts';
import { askForEvent } from './ask.ts';
import { type FieldWords, fieldsOfFlags } from './field-flags.ts';
import {
  parseAttributes,
  parseCount,
  parseGroup,
  parseRate,
  parseRetryFor,
  parseSeed,
} from './values.ts';

export interface PublishFlags extends ResourceFlags {
  readonly data?: string;
  readonly raw?: boolean;
  readonly attribute?: readonly string[];
  readonly count?: string;
  readonly seed?: string;
  readonly rate?: string;
  readonly file?: string;
  readonly strict?: boolean;
  readonly failedTo?: string;
  readonly group?: string;
  readonly only?: string;
  readonly retryFor?: string;
}

/** What to publish, checked. */
export interface PublishRequest {
  /** Where events go; several only for the lines of a file. */
  readonly topics: readonly TopicSpec[];
  /** The one of them that events of a type go to. @throws AppError (exit 2) where nothing says which. */
  topicOf(type: string | undefined): TopicSpec;
  readonly maker: EventMaker;
  /** Fields that all events have, where they come from no file. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The body to the letter, where it comes from no file. */
  readonly body: string | undefined;
  /** Whether bodies are published as they are. */
  readonly raw: boolean;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly count: number;
  readonly rate: number | undefined;
  readonly file: string | undefined;
  readonly strict: boolean;
  readonly failedTo: string | undefined;
  /** The FIFO group of all events; undefined for the one that their type has. */
  readonly group: string | undefined;
  /** Which lines of the file, or which of the count, are to be published. */
  readonly only: Ranges;
  /** Seconds for which a request may keep failing. */
  readonly retryFor: number | undefined;
}

/**
 * Reads and checks the words of `publish`, and asks where nothing is given and somebody can be asked.
 * @param declared the command's own flags. @throws AppError (exit 2) for what can't be published; nothing was sent.
 */
export async function readRequest(
  context: CommandContext,
  topology: Topology,
  words: FieldWords,
  flags: PublishFlags,
  declared: readonly string[],
): Promise<PublishRequest> {
  const { events } = topology;
  const { file, raw = false } = flags;
  checkTogether(words, flags);
  const count = flags.count === undefined ? 1 : parseCount(flags.count);
  const data = flags.data === undefined || raw ? {} : readEventFields('--data', flags.data);
  const named = words.type ?? (typeof data.event_type === 'string' ? data.event_type : undefined);
  if (named !== undefined && !raw) assertKnown(events, named);
  let given = { ...data, ...fieldsOfFlags(words, events, named, declared) };
  if (given.event_id !== undefined && count > 1) {
    throw usageError(
      '--data has an event_id, so it can be published once only.',
      'Leave --count out.',
    );
  }
  const isBare = words.type === undefined && file === undefined && flags.data === undefined;
  const asks = isBare && flags.count === undefined && !context.yes && context.printer.interactive;
  const check = await compileMessageCheck(events);
  let type = named ?? (isBare ? Object.keys(events)[0] : undefined);
  const seed =
    flags.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : parseSeed(flags.seed);
  const how = {
    attributes: parseAttributes(flags.attribute ?? []),
    rate: flags.rate === undefined ? undefined : parseRate(flags.rate),
    only: readOnly(flags, count),
    retryFor: flags.retryFor === undefined ? undefined : parseRetryFor(flags.retryFor),
  };
  if (asks) {
    // Where it goes is said before anything is asked.
    await reading(context, undefined, () => connect(context));
    ({ type, given } = await askForEvent(context, events, given, check));
  }
  if (isBare && type === undefined) throw missingType();
  const topics = topicsOf(topology, type, flags);
  const request: PublishRequest = {
    topics,
    topicOf: (own) => topicOf(topology, topics, own),
    maker: createEventMaker({ events, type, check, seed }),
    given,
    body: raw && file === undefined ? flags.data : undefined,
    raw,
    ...how,
    count,
    file,
    strict: flags.strict ?? false,
    failedTo: flags.failedTo,
    group:
      flags.group === undefined
        ? undefined
        : parseGroup(
            flags.group,
            topics.some(({ fifo }) => fifo),
          ),
  };
  // One look at what will be sent, so that a wrong field is refused before anything happens.
  if (file === undefined && !raw) request.maker.sample(given, 1);
  return request;
}

/** The lines of the file, or of the count, that are published. @throws AppError (exit 2) for none of the count. */
function readOnly({ only, file }: PublishFlags, count: number): Ranges {
  const asked = only === undefined ? Ranges.all() : Ranges.parse(only, '--only');
  if (file !== undefined) return asked;
  const within = asked.and(Ranges.of([1, count]));
  if (!within.isEmpty) return within;
  throw usageError(`--only ${only} is none of the ${count} events.`, `--only 1-${count}`);
}

function checkTogether({ fields }: FieldWords, flags: PublishFlags): void {
  const { file, data, count, raw, seed, strict, only } = flags;
  const own = data !== undefined || count !== undefined || seed !== undefined || fields.length > 0;
  if (file !== undefined && own) {
    throw usageError(
      '--file brings its own events; --data, --count, --seed and fields cannot be used with it.',
      'Use --file alone, or leave it out.',
    );
  }
  if (raw && file === undefined && data === undefined) {
    throw usageError('--raw needs --data or --file: that is the body.', "--raw --data 'hello'");
  }
  if (raw && fields.length > 0) {
    throw usageError(`--raw leaves the body as it is: ${fields[0]?.flag} cannot be used with it.`);
  }
  if (file === undefined && strict) throw usageError('--strict needs --file.');
  if (only !== undefined && file === undefined && count === undefined) {
    throw usageError('--only needs --file or --count.');
  }
}

/** The topic that was named, otherwise the type's own, otherwise the only one; of a file every line has its own type. */
function topicsOf(
  topology: Topology,
  type: string | undefined,
  { topic, file }: PublishFlags,
): readonly TopicSpec[] {
  const isNamed = Object.values(topology.events).some((event) => event.topic !== undefined);
  if (file !== undefined && topic === undefined && isNamed) return topology.topics;
  return [chooseTopic(topology, topic ?? ownTopic(topology, type))];
}

function topicOf(
  topology: Topology,
  topics: readonly TopicSpec[],
  type: string | undefined,
): TopicSpec {
  const [only, ...others] = topics;
  if (only && others.length === 0) return only;
  const own = ownTopic(topology, type);
  if (own !== undefined) return chooseTopic(topology, own);
  throw usageError(
    `Nothing says which topic ${type === undefined ? 'an event without a type' : shownText(type)} goes to: ${topology.name} has ${topics.length}.`,
    'Give its type a topic in pubsub.yaml, or all events one with --topic.',
    'MissingTopic',
  );
}

function ownTopic({ events }: Topology, type: string | undefined): string | undefined {
  return type !== undefined && Object.hasOwn(events, type) ? events[type]?.topic : undefined;
}

function missingType() {
  return usageError(
    'Which event type?',
    'Such as: pubsub publish payment.captured --data \'{"amount":5}\', or --file events.jsonl',
    'MissingEvent',
  );
}
