import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
  InputLogEvent,
  PutLogEventsRequest,
  PutLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { appendEvents } from '../bounds.ts';
import type { LogsContext } from '../context.ts';
import { invalid } from '../errors.ts';
import { parseFilterPattern } from '../filter-pattern.ts';
import { groupFor, streamFor } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import type { LogEvent } from '../state.ts';

/** Bounds of a call (API reference, `PutLogEvents`): 26 bytes are counted for each event beside its message. */
const MAX_EVENTS = 10_000;
const MAX_BATCH_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const DAY_MS = 86_400_000;
const MAX_AGE_MS = 14 * DAY_MS;
const MAX_AHEAD_MS = 2 * 3_600_000;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function putLogEvents(input: PutLogEventsRequest, ctx: LogsContext): PutLogEventsResponse {
  const group = groupFor(ctx, input.logGroupName);
  const stream = streamFor(group, input.logStreamName);
  const events = checkEvents(input.logEvents ?? []);
  const now = ctx.clock.now();
  const countBefore = (time: number) => events.filter(([timestamp]) => timestamp < time).length;
  const tooOld = countBefore(now - MAX_AGE_MS);
  const expired = countBefore(now - (group.retentionDays ?? Number.POSITIVE_INFINITY) * DAY_MS);
  const tooNew = events.findIndex(([timestamp]) => timestamp > now + MAX_AHEAD_MS);
  const taken = events.slice(Math.max(tooOld, expired), tooNew < 0 ? undefined : tooNew);
  if (taken.length > 0) appendEvents(ctx.state, group, stream, taken);
  const rejected = {
    ...(tooNew < 0 ? {} : { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
    ...(expired === 0 ? {} : { expiredLogEventEndIndex: expired }),
  };
  return {
    nextSequenceToken: String(ctx.state.nextId),
    ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
  };
}

/** @throws ServiceError `InvalidParameterException` */
function checkEvents(events: readonly InputLogEvent[]): [timestamp: number, message: string][] {
  if (events.length < 1 || events.length > MAX_EVENTS) {
    throw invalid(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to ${MAX_EVENTS} and greater than or equal to 1`,
    );
  }
  let bytes = 0;
  let last = 0;
  return events.map(({ timestamp = 0, message = '' }) => {
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    if (bytes > MAX_BATCH_BYTES) {
      throw invalid(`Upload too large: at most ${MAX_BATCH_BYTES} bytes are taken at once.`);
    }
    if (message === '') throw invalid('Log event message must have at least 1 character.');
    if (timestamp < last) {
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    }
    last = timestamp;
    return [timestamp, message];
  });
}

/** Tokens count events from the head of the stream: `f/<index>` goes on, `b/<index>` goes back. */
const TOKEN = /^([fb])\/(\d{1,15})$/;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export function getLogEvents(input: GetLogEventsRequest, ctx: LogsContext): GetLogEventsResponse {
  const { limit = MAX_EVENTS, startFromHead = false, nextToken } = input;
  if (limit < 1 || limit > MAX_EVENTS) throw invalid(`limit must be between 1 and ${MAX_EVENTS}`);
  const group = groupFor(ctx, input.logGroupName ?? input.logGroupIdentifier);
  const events = within(streamFor(group, input.logStreamName).events, input);
  const [, way, at] = TOKEN.exec(nextToken ?? '') ?? [];
  if (nextToken !== undefined && way === undefined) {
    throw invalid('The specified nextToken is invalid.');
  }
  const forward = way === undefined ? startFromHead : way === 'f';
  const edge = at === undefined ? (forward ? 0 : events.length) : Number(at);
  const start = forward ? edge : Math.max(0, edge - limit);
  const end = forward ? Math.min(events.length, edge + limit) : edge;
  return {
    events: events
      .slice(start, end)
      .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${Math.max(start, end)}`,
    nextBackwardToken: `b/${start}`,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function filterLogEvents(
  input: FilterLogEventsRequest,
  ctx: LogsContext,
): FilterLogEventsResponse {
  const { logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
    throw invalid('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  const matches = parseFilterPattern(input.filterPattern);
  const group = groupFor(ctx, input.logGroupName ?? input.logGroupIdentifier);
  const names = logStreamNames ?? [...group.streams.keys()];
  const found = names
    .filter((name) => name.startsWith(logStreamNamePrefix ?? ''))
    .flatMap((name) =>
      within(streamFor(group, name).events, input)
        .filter(({ message }) => matches(message))
        .map((event) => ({ name, event })),
    )
    .sort((a, b) => a.event.timestamp - b.event.timestamp || a.event.id - b.event.id);
  const { items, ...page } = pageOf(found, input, MAX_EVENTS);
  return {
    events: items.map(({ name, event: { timestamp, message, ingestionTime, id } }) => ({
      logStreamName: name,
      timestamp,
      message,
      ingestionTime,
      eventId: String(id).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...page,
  };
}

/** `startTime` is included, `endTime` isn't. */
function within(
  events: readonly LogEvent[],
  {
    startTime = 0,
    endTime = Number.POSITIVE_INFINITY,
  }: { readonly startTime?: number | undefined; readonly endTime?: number | undefined },
): readonly LogEvent[] {
  return events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
}
