import type {
  CreateLogStreamRequest,
  DeleteLogStreamRequest,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogsContext } from '../context.ts';
import { invalid, streamExists } from '../errors.ts';
import { checkStreamName, groupFor, streamFor } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import { dropStream, type LogGroup, type LogStream, storeStream } from '../state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export function createLogStream(input: CreateLogStreamRequest, ctx: LogsContext): void {
  const { logGroupName, logStreamName: name = '' } = input;
  checkStreamName(name);
  const group = groupFor(ctx, logGroupName);
  if (group.streams.has(name)) throw streamExists();
  storeStream(ctx.state, group, { name, createdAt: ctx.clock.now(), events: [] });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export function deleteLogStream(input: DeleteLogStreamRequest, ctx: LogsContext): void {
  const group = groupFor(ctx, input.logGroupName);
  dropStream(ctx.state, group, streamFor(group, input.logStreamName));
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function describeLogStreams(
  input: DescribeLogStreamsRequest,
  ctx: LogsContext,
): DescribeLogStreamsResponse {
  const { logStreamNamePrefix, orderBy = 'LogStreamName', descending = false } = input;
  if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined) {
    throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const group = groupFor(ctx, input.logGroupName ?? input.logGroupIdentifier);
  const found = [...group.streams.values()]
    .filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''))
    .sort(orderBy === 'LastEventTime' ? byLastEvent : byName);
  if (descending) found.reverse();
  const { items, ...page } = pageOf(found, input, 50);
  return { logStreams: items.map((stream) => describe(group, stream)), ...page };
}

function byName(a: LogStream, b: LogStream): number {
  return a.name < b.name ? -1 : 1;
}

function byLastEvent(a: LogStream, b: LogStream): number {
  return (a.events.at(-1)?.timestamp ?? 0) - (b.events.at(-1)?.timestamp ?? 0);
}

function describe(group: LogGroup, { name, createdAt, events }: LogStream) {
  const [first] = events;
  const last = events.at(-1);
  return {
    logStreamName: name,
    creationTime: createdAt,
    ...(first && last
      ? {
          firstEventTimestamp: first.timestamp,
          lastEventTimestamp: last.timestamp,
          lastIngestionTime: last.ingestionTime,
        }
      : {}),
    arn: `${group.arn}:log-stream:${name}`,
    storedBytes: 0,
  };
}
