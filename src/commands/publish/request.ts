import {
  EVENT_TYPES,
  type EventType,
  ORDER_STATUSES,
  parseEventType,
  parseId,
  parseStatus,
  parseTotal,
} from '../../lib/events/order-event.ts';
import { defaultStatus, SAMPLE_ORDERS } from '../../lib/events/sample-orders.ts';
import { completeEvent, type GivenFields } from '../../lib/publish/event-source.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { Ranges } from '../../lib/rules/text/ranges.ts';
import { input, select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import { readEventFields } from '../event-fields.ts';
import type { TopicFlag } from '../topology.ts';
import { parseAttributes, parseCount, parseGroup, parseRate, parseRetryFor } from './values.ts';

export interface PublishFlags extends TopicFlag {
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
  readonly only?: string;
  readonly retryFor?: string;
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
  /** Which lines of the file, or which of the count, are to be published. */
  readonly only: Ranges;
  /** Seconds for which a request may keep failing. */
  readonly retryFor: number | undefined;
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
  if (flags.only !== undefined && file === undefined && flags.count === undefined) {
    throw usageError('--only goes with --file or --count.');
  }
  const only = flags.only === undefined ? Ranges.all() : Ranges.parse(flags.only, '--only');
  const request = {
    only: file === undefined ? only.and(Ranges.of([1, count])) : only,
    retryFor: flags.retryFor === undefined ? undefined : parseRetryFor(flags.retryFor),
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
  const given = flags.data === undefined ? {} : readEventFields('--data', flags.data);
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
