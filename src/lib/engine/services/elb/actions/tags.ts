import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Tagged, taggedIn } from '../../kept-resources.ts';
import type { ElbContext } from '../context.ts';
import { listenerMissing, loadBalancerMissing, targetGroupMissing } from '../errors.ts';

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

/** @throws ServiceError `LoadBalancerNotFound`, `TargetGroupNotFound`, `ListenerNotFound` */
function taggedBy({ state }: ElbContext, arn: string): Tagged<readonly Tag[]> {
  const found =
    taggedIn(state.loadBalancers, arn) ??
    taggedIn(state.targetGroups, arn) ??
    taggedIn(state.listeners, arn);
  if (found !== undefined) return found;
  if (arn.includes(':listener/')) throw listenerMissing(arn);
  throw arn.includes(':targetgroup/') ? targetGroupMissing(arn) : loadBalancerMissing(arn);
}
