import type {
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  DeleteRetentionPolicyRequest,
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  PutRetentionPolicyRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogsContext } from '../context.ts';
import { groupExists, invalid } from '../errors.ts';
import { checkGroupName, groupArn, groupFor } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import { dropGroup, storeGroup } from '../state.ts';

/** Days that may be asked for (API reference, `PutRetentionPolicy`). */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function createLogGroup(input: CreateLogGroupRequest, ctx: LogsContext): void {
  const { logGroupName: name = '', tags = {} } = input;
  checkGroupName(name);
  const arn = groupArn(ctx, name);
  checkTags(tags);
  if (ctx.state.groups.has(arn)) throw groupExists();
  storeGroup(ctx.state, {
    name,
    arn,
    createdAt: ctx.clock.now(),
    retentionDays: undefined,
    tags: { ...tags },
    streams: new Map(),
    size: 0,
    characters: 0,
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export function deleteLogGroup({ logGroupName }: DeleteLogGroupRequest, ctx: LogsContext): void {
  dropGroup(ctx.state, groupFor(ctx, logGroupName));
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export function describeLogGroups(
  input: DescribeLogGroupsRequest,
  ctx: LogsContext,
): DescribeLogGroupsResponse {
  const { logGroupNamePrefix, logGroupNamePattern } = input;
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
    throw invalid(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  const own = groupArn(ctx);
  const found = [...ctx.state.groups.values()]
    .filter(({ arn }) => arn.startsWith(own))
    .filter(({ name }) => name.startsWith(logGroupNamePrefix ?? ''))
    .filter(({ name }) => name.includes(logGroupNamePattern ?? ''))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, ...page } = pageOf(found, input, 50);
  return {
    logGroups: items.map(({ name, arn, createdAt, retentionDays }) => ({
      logGroupName: name,
      creationTime: createdAt,
      ...(retentionDays === undefined ? {} : { retentionInDays: retentionDays }),
      metricFilterCount: 0,
      arn: `${arn}:*`,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
      logGroupArn: arn,
    })),
    ...page,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export function putRetentionPolicy(input: PutRetentionPolicyRequest, ctx: LogsContext): void {
  const { logGroupName, retentionInDays = 0 } = input;
  if (!RETENTION_DAYS.includes(retentionInDays)) {
    throw invalid(
      `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
    );
  }
  const group = groupFor(ctx, logGroupName);
  group.retentionDays = retentionInDays;
  storeGroup(ctx.state, group);
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export function deleteRetentionPolicy(
  { logGroupName }: DeleteRetentionPolicyRequest,
  ctx: LogsContext,
): void {
  const group = groupFor(ctx, logGroupName);
  group.retentionDays = undefined;
  storeGroup(ctx.state, group);
}

/** @throws ServiceError `InvalidParameterException` */
function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).every((key) => !/^aws:/i.test(key))) return;
  throw invalid('aws: prefixed tag key names are not allowed for external use.');
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(
  { resourceArn }: ListTagsForResourceRequest,
  ctx: LogsContext,
): ListTagsForResourceResponse {
  return { tags: groupFor(ctx, resourceArn).tags };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function tagResource(
  { resourceArn, tags = {} }: TagResourceRequest,
  ctx: LogsContext,
): void {
  const group = groupFor(ctx, resourceArn);
  checkTags(tags);
  group.tags = { ...group.tags, ...tags };
  storeGroup(ctx.state, group);
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export function untagResource(
  { resourceArn, tagKeys = [] }: UntagResourceRequest,
  ctx: LogsContext,
): void {
  const group = groupFor(ctx, resourceArn);
  const kept = Object.entries(group.tags).filter(([key]) => !tagKeys.includes(key));
  group.tags = Object.fromEntries(kept);
  storeGroup(ctx.state, group);
}
