import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import type { EcsContext } from '../context.ts';
import { invalid } from '../errors.ts';
import { storeCluster, storeService, storeTaskDefinition } from '../state.ts';

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

/** What has tags, and how it gets others. @throws ServiceError `InvalidParameterException` */
function taggedBy(
  { state }: EcsContext,
  arn: string,
): { readonly tags: readonly Tag[]; store(tags: readonly Tag[]): void } {
  const cluster = state.clusters.get(arn);
  if (cluster !== undefined) {
    return { tags: cluster.tags, store: (tags) => storeCluster(state, { ...cluster, tags }) };
  }
  const service = state.services.get(arn);
  if (service !== undefined) {
    return { tags: service.tags, store: (tags) => storeService(state, { ...service, tags }) };
  }
  const definition = state.taskDefinitions.get(arn);
  if (definition === undefined) throw invalid(`The specified resource was not found: ${arn}`);
  return {
    tags: definition.tags,
    store: (tags) => storeTaskDefinition(state, { ...definition, tags }),
  };
}
