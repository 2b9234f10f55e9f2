import type {
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import type { EcsContext } from '../context.ts';
import { ownArn, pageOf, taskDefinitionFor } from '../lookup.ts';
import type { TaskDefinition } from '../state.ts';
import { checkTaskDefinition } from '../task-definition/check.ts';
import { taskDefinitionView } from '../views.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export function registerTaskDefinition(
  input: RegisterTaskDefinitionRequest,
  ctx: EcsContext,
): RegisterTaskDefinitionResponse {
  const { tags = [], ...checked } = checkTaskDefinition(input);
  const { family = '' } = checked;
  const { account, region, clock } = ctx;
  const prefix = ownArn(ctx, `task-definition/${family}:`);
  const revisions = [...ctx.state.taskDefinitions.values()]
    .filter(({ arn }) => arn.startsWith(prefix))
    .map(({ revision }) => revision);
  const revision = Math.max(0, ...revisions) + 1;
  const definition: TaskDefinition = {
    arn: `${prefix}${revision}`,
    family,
    revision,
    account,
    region,
    createdAt: clock.timestamp(),
    deregisteredAt: 0,
    tags,
    input: checked,
  };
  ctx.state.taskDefinitions.store(definition);
  return { taskDefinition: taskDefinitionView(definition), tags };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html */
export function deregisterTaskDefinition(
  { taskDefinition }: DeregisterTaskDefinitionRequest,
  ctx: EcsContext,
): DeregisterTaskDefinitionResponse {
  const found = taskDefinitionFor(ctx, taskDefinition);
  const gone = { ...found, deregisteredAt: found.deregisteredAt || ctx.clock.timestamp() };
  ctx.state.taskDefinitions.store(gone);
  return { taskDefinition: taskDefinitionView(gone) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html */
export function describeTaskDefinition(
  { taskDefinition, include = [] }: DescribeTaskDefinitionRequest,
  ctx: EcsContext,
): DescribeTaskDefinitionResponse {
  const found = taskDefinitionFor(ctx, taskDefinition);
  return {
    taskDefinition: taskDefinitionView(found),
    ...(include.includes('TAGS') ? { tags: [...found.tags] } : {}),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html */
export function listTaskDefinitions(
  input: ListTaskDefinitionsRequest,
  ctx: EcsContext,
): ListTaskDefinitionsResponse {
  const { familyPrefix, status = 'ACTIVE', sort } = input;
  const own = [...ctx.state.taskDefinitions.values()]
    .filter(
      ({ account, region, family, deregisteredAt }) =>
        account === ctx.account &&
        region === ctx.region &&
        (familyPrefix === undefined || family === familyPrefix) &&
        (deregisteredAt === 0) === (status === 'ACTIVE'),
    )
    .sort((a, b) => a.family.localeCompare(b.family) || a.revision - b.revision);
  if (sort === 'DESC') own.reverse();
  const { items, nextToken } = pageOf(own, input);
  return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken };
}
