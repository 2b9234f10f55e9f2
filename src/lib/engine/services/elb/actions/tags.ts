import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbContext } from '../context.ts';
import { listenerMissing, loadBalancerMissing, targetGroupMissing } from '../errors.ts';
import { store } from '../state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html */
export function addTags(
  { ResourceArns: arns = [], Tags: tags = [] }: AddTagsInput,
  ctx: ElbContext,
): void {
  for (const tagged of arns.map((arn) => taggedBy(ctx, arn))) {
    const kept = tagged.tags.filter(({ Key }) => !tags.some((each) => each.Key === Key));
    tagged.store([...kept, ...tags]);
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html */
export function removeTags(
  { ResourceArns: arns = [], TagKeys: keys = [] }: RemoveTagsInput,
  ctx: ElbContext,
): void {
  for (const tagged of arns.map((arn) => taggedBy(ctx, arn))) {
    tagged.store(tagged.tags.filter(({ Key = '' }) => !keys.includes(Key)));
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
export function describeTags(
  { ResourceArns: arns = [] }: DescribeTagsInput,
  ctx: ElbContext,
): DescribeTagsOutput {
  return {
    TagDescriptions: arns.map((ResourceArn) => ({
      ResourceArn,
      Tags: [...taggedBy(ctx, ResourceArn).tags],
    })),
  };
}

/** What has tags, and how it gets others. @throws ServiceError */
function taggedBy(
  { state }: ElbContext,
  arn: string,
): { readonly tags: readonly Tag[]; store(tags: readonly Tag[]): void } {
  const balancer = state.loadBalancers.get(arn);
  if (balancer !== undefined) {
    return {
      tags: balancer.tags,
      store: (tags) => store(state, 'loadBalancers', { ...balancer, tags }),
    };
  }
  const group = state.targetGroups.get(arn);
  if (group !== undefined) {
    return { tags: group.tags, store: (tags) => store(state, 'targetGroups', { ...group, tags }) };
  }
  const listener = state.listeners.get(arn);
  if (listener !== undefined) {
    return {
      tags: listener.tags,
      store: (tags) => store(state, 'listeners', { ...listener, tags }),
    };
  }
  if (arn.includes(':listener/')) throw listenerMissing(arn);
  throw arn.includes(':targetgroup/') ? targetGroupMissing(arn) : loadBalancerMissing(arn);
}
