import { completeEvent, type GivenFields } from '../lib/messaging/event-source.ts';
import { AppError, usageError } from '../lib/model/errors.ts';
import { isFifoId } from '../lib/model/fifo.ts';
import { MAX_MESSAGE_ATTRIBUTES } from '../lib/model/limits.ts';
import {
  EVENT_TYPES,
  type EventType,
  ORDER_STATUSES,
  parseEventFields,
  parseEventType,
  parseId,
  parseStatus,
  parseTotal,
} from '../lib/model/order-event.ts';
import { defaultStatus, SAMPLE_ORDERS } from '../lib/model/sample-orders.ts';
import { input, select } from '../lib/ui/prompts.ts';
import type { CommandContext } from './command.ts';

export interface PublishFlags {
  readonly orderId?: string;
  readonly userId?: string;
  readonly total?: string;
  readonly status?: string;
  readonly data?: string;
  readonly attribute?: readonly string[];
  readonly count?: string;
  readonly rate?: string;
  readonly file?: string;
  readonly strict?: boolean;
  readonly failedTo?: string;
  readonly group?: string;
}

/** What to publish, checked. */
export interface PublishRequest {
  readonly eventType: EventType | undefined;
  readonly given: GivenFields;
  readonly attributes: Readonly<Record<string, string>>;
  readonly count: number;
  readonly rate: number | undefined;
  readonly file: string | undefined;
  readonly strict: boolean;
  readonly failedTo: string | undefined;
  /** The FIFO group of all events; undefined for one an order. */
  readonly group: string | undefined;
}

/**
 * Reads and checks the flags of `publish`, and asks for missing facts where somebody can be asked.
 * @param fifo whether the topic is a FIFO one.
 * @throws AppError (exit 2) for what can't be published; nothing was sent by then.
 */
export async function readRequest(
  context: CommandContext,
  word: string | undefined,
  flags: PublishFlags,
  fifo: boolean,
): Promise<PublishRequest> {
  const { file } = flags;
  const eventType = word === undefined ? undefined : parseEventType(word);
  const count = flags.count === undefined ? 1 : parseCount(flags.count);
  const given = givenFields(flags);
  if (file !== undefined && (Object.keys(given).length > 0 || flags.count !== undefined)) {
    throw usageError(
      '--file brings its own events; --data, --count and the event flags do not go with it.',
      'Use --file alone, or leave it out.',
    );
  }
  if (file === undefined && flags.strict) throw usageError('--strict goes with --file.');
  const request = {
    eventType:
      eventType ?? (given.event_type === undefined ? undefined : parseEventType(given.event_type)),
    given,
    attributes: parseAttributes(flags.attribute ?? []),
    count,
    rate: flags.rate === undefined ? undefined : parseRate(flags.rate),
    file,
    strict: flags.strict ?? false,
    failedTo: flags.failedTo,
    group: flags.group === undefined ? undefined : parseGroup(flags.group, fifo),
  };
  if (file !== undefined) return request;
  const asksNothing = flags.count !== undefined || flags.data !== undefined || context.yes;
  const complete =
    asksNothing || !context.printer.interactive ? request : await askForMissing(context, request);
  // One look at what will be sent, so that a wrong field is refused before anything happens.
  completeEvent({ ...SAMPLE_ORDERS[0], ...complete.given }, complete.eventType ?? 'order.created');
  return complete;
}

function givenFields(flags: PublishFlags): Record<string, unknown> {
  const given = flags.data === undefined ? {} : parseData(flags.data);
  if (flags.orderId !== undefined) given.order_id = parseId('--order-id', flags.orderId);
  if (flags.userId !== undefined) given.user_id = parseId('--user-id', flags.userId);
  if (flags.total !== undefined) given.total = parseTotal(flags.total);
  if (flags.status !== undefined) given.status = parseStatus(flags.status);
  if (given.event_id !== undefined && Number(flags.count ?? 1) > 1) {
    throw usageError(
      '--data has an event_id, so it can be published once only.',
      'Leave --count out.',
    );
  }
  return given;
}

function parseData(text: string): Record<string, unknown> {
  try {
    return parseEventFields(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw usageError(`--data: ${error.message}`, error.hint, error.code);
  }
}

async function askForMissing(
  { io }: CommandContext,
  request: PublishRequest,
): Promise<PublishRequest> {
  const eventType =
    request.eventType ?? parseEventType(await select(io, 'Event type', EVENT_TYPES));
  const given: Record<string, unknown> = { ...request.given };
  const [sample] = SAMPLE_ORDERS;
  const ask = async (
    field: 'order_id' | 'user_id' | 'total',
    question: string,
    parse: (text: string) => unknown,
  ): Promise<void> => {
    given[field] ??= parse(
      await input(io, question, { default: String(sample[field]), check: checker(parse) }),
    );
  };
  await ask('order_id', 'Order id', (text) => parseId('Order id', text));
  await ask('user_id', 'User id', (text) => parseId('User id', text));
  await ask('total', 'Total', parseTotal);
  const usual = defaultStatus(eventType);
  given.status ??= await select(io, 'Status', [
    usual,
    ...ORDER_STATUSES.filter((status) => status !== usual),
  ]);
  return { ...request, eventType, given };
}

/** A parser as a prompt's check: its error's sentence is shown below the question. */
function checker(parse: (text: string) => unknown): (text: string) => true | string {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw usageError(`--count must be a whole number from 1, not "${text}".`, '--count 100');
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0) return rate;
  throw usageError(`--rate must be a number above 0, not "${text}".`, '--rate 50');
}

function parseGroup(text: string, fifo: boolean): string {
  if (!fifo) {
    throw usageError(
      '--group goes with a FIFO topic, and this one is a standard topic.',
      'Leave --group out, or say "fifo: true" in pubsub.yaml.',
    );
  }
  if (isFifoId(text)) return text;
  throw usageError(
    `--group must be 1 to 128 letters, digits or punctuation, not "${text}".`,
    '--group order-7',
  );
}

/** Names that SNS takes ("Amazon SNS message attributes": letters, digits, `_`, `-`, `.`; not reserved ones). */
const ATTRIBUTE_NAME = /^(?!(?:aws|amazon)\.)(?!\.)(?!.*\.$)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}$/i;

function parseAttributes(pairs: readonly string[]): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const pair of pairs) {
    const split = pair.indexOf('=');
    const name = pair.slice(0, split);
    const value = pair.slice(split + 1);
    if (split < 1 || value === '') {
      throw usageError(`--attribute must be name=value, not "${pair}".`, '--attribute tier=gold');
    }
    if (!ATTRIBUTE_NAME.test(name)) {
      throw usageError(`SNS takes no attribute named "${name}".`, '--attribute tier=gold');
    }
    if (name === 'event_type' || name in attributes) {
      throw usageError(`The attribute ${name} is set already.`, 'Give each name once.');
    }
    attributes[name] = value;
  }
  if (pairs.length + 1 > MAX_MESSAGE_ATTRIBUTES) {
    throw usageError(
      `${pairs.length} attributes and event_type make more than the ${MAX_MESSAGE_ATTRIBUTES} that a queue can take.`,
      'Put the rest into --data.',
    );
  }
  return attributes;
}
