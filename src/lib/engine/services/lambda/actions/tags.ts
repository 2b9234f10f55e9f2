import type {
  ListTagsRequest,
  ListTagsResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-lambda';
import { functionFor } from '../authorize.ts';
import type { LambdaContext } from '../context.ts';
import { notFound } from '../errors.ts';
import { mappingArn } from '../mapping/mapping.ts';
import { retagMapping } from '../mapping/state.ts';
import { storeFunction } from '../state.ts';
import { checkTags } from '../tags.ts';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export function listTags({ Resource }: ListTagsRequest, ctx: LambdaContext): ListTagsResponse {
  return { Tags: { ...taggedFor(ctx, 'ListTags', Resource).tags } };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export function tagResource({ Resource, Tags = {} }: TagResourceRequest, ctx: LambdaContext): void {
  const { tags, change } = taggedFor(ctx, 'TagResource', Resource);
  change(checkTags(Tags, tags));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export function untagResource(
  { Resource, TagKeys = [] }: UntagResourceRequest,
  ctx: LambdaContext,
): void {
  const { tags, change } = taggedFor(ctx, 'UntagResource', Resource);
  change(Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))));
}

/** The tags of a function or mapping, and how they are changed. @throws ServiceError `ResourceNotFoundException` */
function taggedFor(
  ctx: LambdaContext,
  action: string,
  arn = '',
): { readonly tags: Tags; change(tags: Tags): void } {
  const { state, account } = ctx;
  if (!arn.includes(':event-source-mapping:')) {
    const fn = functionFor(ctx, action, arn);
    return { tags: fn.tags, change: (tags) => storeFunction(state, { ...fn, tags }) };
  }
  const mapping = [...state.mappings.values()].find(
    (each) => mappingArn(each) === arn && each.account === account,
  );
  if (mapping === undefined) throw notFound('The resource you requested does not exist.');
  return { tags: mapping.tags, change: (tags) => retagMapping(state, { ...mapping, tags }) };
}
