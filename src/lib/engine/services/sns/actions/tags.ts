import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-sns';
import { ServiceError } from '../../../errors.ts';
import type { SnsContext } from '../context.ts';
import { taggedTopic } from '../lookup.ts';
import { invalidParameter } from '../refusals.ts';
import { storeTopic } from '../stored.ts';

/** Tags on one topic (Amazon SNS topic tagging). */
const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;

/** "Letters, whitespace, and numbers representable in UTF-8", and a few marks (tag restrictions of AWS's services). */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks the tags of one request.
 *
 * @throws ServiceError `InvalidParameter`, `ValidationError`
 */
export function readTags(tags: readonly Tag[]): Map<string, string> {
  const read = new Map<string, string>();
  tags.forEach(({ Key: key = '', Value: value = '' }, index) => {
    const at = `tags.${index + 1}.member`;
    if (key.length < 1) throw lengthError(`${at}.key`, 'greater than or equal to 1', key);
    if (key.length > MAX_KEY)
      throw lengthError(`${at}.key`, `less than or equal to ${MAX_KEY}`, key);
    if (value.length > MAX_VALUE) {
      throw lengthError(`${at}.value`, `less than or equal to ${MAX_VALUE}`, value);
    }
    if (!TAG_TEXT.test(key) || !TAG_TEXT.test(value)) {
      throw invalidParameter('Tags Reason: The given tag(s) contain invalid characters');
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalidParameter('Tags Reason: aws: prefixed tag key names are not allowed');
    }
    if (read.has(key)) throw invalidParameter('Duplicated keys are not allowed.');
    read.set(key, value);
  });
  return read;
}

function lengthError(path: string, bound: string, value: string): ServiceError {
  return new ServiceError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: ` +
      `Member must have length ${bound}`,
  );
}

/** @throws ServiceError `TagLimitExceeded` */
export function checkTagCount(count: number): void {
  if (count > MAX_TAGS) {
    throw new ServiceError(
      'TagLimitExceeded',
      'Could not complete request: tag quota of per resource exceeded',
    );
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html */
export function tagResource(input: TagResourceRequest, ctx: SnsContext): object {
  const topic = taggedTopic(ctx, input.ResourceArn ?? '', 'TagResource');
  const merged = new Map([...topic.tags, ...readTags(input.Tags ?? [])]);
  checkTagCount(merged.size);
  for (const [key, value] of merged) topic.tags.set(key, value);
  storeTopic(ctx.state, topic);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_UntagResource.html */
export function untagResource(input: UntagResourceRequest, ctx: SnsContext): object {
  const topic = taggedTopic(ctx, input.ResourceArn ?? '', 'UntagResource');
  for (const key of input.TagKeys ?? []) topic.tags.delete(key);
  storeTopic(ctx.state, topic);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html */
export function listTagsForResource(
  input: ListTagsForResourceRequest,
  ctx: SnsContext,
): ListTagsForResourceResponse {
  const topic = taggedTopic(ctx, input.ResourceArn ?? '', 'ListTagsForResource');
  return { Tags: Array.from(topic.tags, ([Key, Value]) => ({ Key, Value })) };
}
