import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import type { Attributes } from './topics.ts';

/** What CloudWatch Logs answers about a group that isn't there, and one that is there already. */
const LOGS_NOT_FOUND = ['ResourceNotFoundException'] as const;
const LOGS_EXISTS = ['ResourceAlreadyExistsException'] as const;

/** A log group as it stands. */
export interface FoundLogGroup {
  readonly name: string;
  /** Without the `:*` that some calls want behind it. */
  readonly arn: string;
  /** Undefined where events are kept for ever. */
  readonly retentionDays: number | undefined;
  readonly tags: Attributes;
}

/** A line of a function's log. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The execution environment: one at a time writes to a stream. */
  readonly stream: string;
  readonly message: string;
  readonly id: string;
}

/** A log group with its tags (`DescribeLogGroups`, `ListTagsForResource`); undefined where there is none. */
export async function getLogGroup(aws: Aws, name: string): Promise<FoundLogGroup | undefined> {
  const logs = await aws.logs();
  const { logGroups = [] } = await call(aws, `read log group "${name}"`, () =>
    logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name })),
  );
  const found = logGroups.find(({ logGroupName }) => logGroupName === name);
  if (found === undefined) return undefined;
  const arn = (found.logGroupArn ?? found.arn ?? '').replace(/:\*$/, '');
  const answer = await callUnless(aws, `read the tags of log group "${name}"`, LOGS_NOT_FOUND, () =>
    logs.send(new ListTagsForResourceCommand({ resourceArn: arn })),
  );
  return answer && { name, arn, retentionDays: found.retentionInDays, tags: answer.tags ?? {} };
}

/** Creates a log group (`CreateLogGroup`); one that Lambda made in between is not an error. */
export async function createLogGroup(aws: Aws, name: string, tags: Attributes): Promise<void> {
  const logs = await aws.logs();
  await callUnless(aws, `create log group "${name}"`, LOGS_EXISTS, () =>
    logs.send(new CreateLogGroupCommand({ logGroupName: name, tags: { ...tags } })),
  );
}

/** Sets how long a log group keeps its events (`PutRetentionPolicy`). */
export async function setLogRetention(aws: Aws, name: string, days: number): Promise<void> {
  const logs = await aws.logs();
  await call(aws, `set the retention of log group "${name}"`, () =>
    logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days })),
  );
}

/** Adds tags to a log group, or changes their values, and takes others off. */
export async function changeLogGroupTags(
  aws: Aws,
  arn: string,
  { set, remove }: { readonly set: Attributes; readonly remove: readonly string[] },
): Promise<void> {
  const logs = await aws.logs();
  if (Object.keys(set).length > 0) {
    await call(aws, `tag log group "${arn}"`, () =>
      logs.send(new TagResourceCommand({ resourceArn: arn, tags: { ...set } })),
    );
  }
  if (remove.length > 0) {
    await call(aws, `untag log group "${arn}"`, () =>
      logs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: [...remove] })),
    );
  }
}

/** Deletes a log group with its events (`DeleteLogGroup`); one that is gone already is not an error. */
export async function deleteLogGroup(aws: Aws, name: string): Promise<void> {
  const logs = await aws.logs();
  await callUnless(aws, `delete log group "${name}"`, LOGS_NOT_FOUND, () =>
    logs.send(new DeleteLogGroupCommand({ logGroupName: name })),
  );
}

/**
 * Events of a log group in the order of their times (`FilterLogEvents`, all pages).
 * @param from, to milliseconds since the epoch, `to` not included.
 * @returns nothing where there is no such group: a function that never ran has none.
 */
export async function readLogEvents(
  aws: Aws,
  name: string,
  { from, to, pattern }: { readonly from: number; readonly to?: number; readonly pattern?: string },
): Promise<LogEvent[]> {
  const logs = await aws.logs();
  const read: LogEvent[] = [];
  let token: string | undefined;
  do {
    const { events = [], nextToken } =
      (await callUnless(aws, `read log group "${name}"`, LOGS_NOT_FOUND, () =>
        logs.send(
          new FilterLogEventsCommand({
            logGroupName: name,
            startTime: from,
            ...(to === undefined ? {} : { endTime: to }),
            ...(pattern === undefined ? {} : { filterPattern: pattern }),
            ...(token === undefined ? {} : { nextToken: token }),
          }),
        ),
      )) ?? {};
    for (const { timestamp = 0, logStreamName = '', message = '', eventId = '' } of events) {
      read.push({ time: timestamp, stream: logStreamName, message, id: eventId });
    }
    token = nextToken;
  } while (token !== undefined);
  return read;
}
