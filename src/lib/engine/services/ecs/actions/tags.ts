import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import { type Tagged, taggedIn } from '../../kept-resources.ts';
import type { EcsContext } from '../context.ts';
import { invalid } from '../errors.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(
  { resourceArn = '' }: ListTagsForResourceRequest,
  ctx: EcsContext,
): ListTagsForResourceResponse {
  return { tags: [...taggedBy(ctx, resourceArn).tags] };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html */
export function tagResource(
  { resourceArn = '', tags = [] }: TagResourceRequest,
  ctx: EcsContext,
): Record<string, never> {
  const resource = taggedBy(ctx, resourceArn);
  const kept = resource.tags.filter(({ key }) => !tags.some((each) => each.key === key));
  resource.store([...kept, ...tags]);
  return {};
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html */
export function untagResource(
  { resourceArn = '', tagKeys = [] }: UntagResourceRequest,
  ctx: EcsContext,
): Record<string, never> {
  const resource = taggedBy(ctx, resourceArn);
  resource.store(resource.tags.filter(({ key = '' }) => !tagKeys.includes(key)));
  return {};
}

/** @throws ServiceError `InvalidParameterException` */
function taggedBy({ state }: EcsContext, arn: string): Tagged<readonly Tag[]> {
  const found =
    taggedIn(state.clusters, arn) ??
    taggedIn(state.services, arn) ??
    taggedIn(state.taskDefinitions, arn);
  if (found === undefined) throw invalid(`The specified resource was not found: ${arn}`);
  return found;
}
