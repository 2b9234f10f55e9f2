import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  Tag,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import type { CloudWatchContext } from '../context.ts';
import { invalidValue } from '../errors.ts';
import { alarmAt } from '../lookup.ts';
import { storeAlarm } from '../state.ts';

const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;

/** Tags that are to be added to those that an alarm has. @throws ServiceError `InvalidParameterValue` */
export function checkedTags(
  tags: readonly Tag[],
  existing: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > MAX_KEY) {
      throw invalidValue(`A tag's key must have 1 to ${MAX_KEY} characters.`);
    }
    if (Key.startsWith('aws:')) throw invalidValue('A tag may not begin with aws:.');
    if (Value.length > MAX_VALUE) {
      throw invalidValue(`A tag's value must have ${MAX_VALUE} characters at most.`);
    }
  }
  const read = new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  if (new Set([...existing.keys(), ...read.keys()]).size > MAX_TAGS) {
    throw invalidValue(`A resource has at most ${MAX_TAGS} tags.`);
  }
  return read;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(
  { ResourceARN = '' }: ListTagsForResourceInput,
  ctx: CloudWatchContext,
): ListTagsForResourceOutput {
  const { tags } = alarmAt(ctx, ResourceARN);
  return { Tags: Array.from(tags, ([Key, Value]) => ({ Key, Value })) };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export function tagResource(input: TagResourceInput, ctx: CloudWatchContext): object {
  const alarm = alarmAt(ctx, input.ResourceARN ?? '');
  const added = checkedTags(input.Tags ?? [], alarm.tags);
  for (const [key, value] of added) alarm.tags.set(key, value);
  storeAlarm(ctx.state, alarm);
  return {};
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html */
export function untagResource(input: UntagResourceInput, ctx: CloudWatchContext): object {
  const alarm = alarmAt(ctx, input.ResourceARN ?? '');
  for (const key of input.TagKeys ?? []) alarm.tags.delete(key);
  storeAlarm(ctx.state, alarm);
  return {};
}
