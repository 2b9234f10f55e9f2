import { dropExpired } from './bounds.ts';
import type { LogsContext } from './context.ts';
import { invalid, noGroup, noStream } from './errors.ts';
import type { LogGroup, LogStream } from './state.ts';

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const STREAM_NAME = /^[^:*]{1,512}$/;

/** The ARN of a group of the caller. */
export function groupArn({ account, region }: Pick<LogsContext, 'account' | 'region'>, name = '') {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

/**
 * The group of that name, or of the ARN that may stand for it.
 * @throws ServiceError `ResourceNotFoundException`, `InvalidParameterException`
 */
export function groupFor(ctx: LogsContext, nameOrArn: string | undefined): LogGroup {
  if (nameOrArn === undefined) throw invalid('Either logGroupName or logGroupIdentifier is needed');
  const arn = nameOrArn.startsWith('arn:')
    ? nameOrArn.replace(/:\*$/, '')
    : groupArn(ctx, nameOrArn);
  const group = ctx.state.groups.get(arn);
  if (group === undefined) throw noGroup();
  dropExpired(ctx.state, group);
  return group;
}

/** @throws ServiceError `ResourceNotFoundException` */
export function streamFor(group: LogGroup, name = ''): LogStream {
  const stream = group.streams.get(name);
  if (stream === undefined) throw noStream();
  return stream;
}

/** @throws ServiceError `InvalidParameterException` for a name that AWS would refuse. */
export function checkGroupName(name: string): void {
  if (!GROUP_NAME.test(name)) throw constraint(name, 'logGroupName', GROUP_NAME);
}

/** @throws ServiceError `InvalidParameterException` for a name that AWS would refuse. */
export function checkStreamName(name: string): void {
  if (!STREAM_NAME.test(name)) throw constraint(name, 'logStreamName', STREAM_NAME);
}

function constraint(value: string, member: string, pattern: RegExp) {
  return invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
  );
}
