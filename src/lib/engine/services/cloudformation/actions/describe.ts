import type {
  DescribeStackEventsInput,
  DescribeStackResourceInput,
  DescribeStackResourcesInput,
  DescribeStacksInput,
  DescribeStacksOutput,
  ListExportsInput,
  ListExportsOutput,
  ListImportsInput,
  ListImportsOutput,
  ListStackResourcesInput,
  ListStacksInput,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationContext } from '../context.ts';
import { invalid, stackMissing } from '../errors.ts';
import { exportsOf, importersOf } from '../exports.ts';
import { stackFor, stacksIn } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import type { Stack, StackEvent, StackResource } from '../state.ts';
import { readTemplateText } from '../template/compile.ts';
import { resourceFields, stackFields, stackView } from './views.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export async function describeStacks(
  { StackName, NextToken }: DescribeStacksInput,
  ctx: CloudFormationContext,
): Promise<DescribeStacksOutput> {
  if (StackName !== undefined) return { Stacks: [await stackView(stackFor(ctx, StackName), ctx)] };
  const all = newestFirst(stacksIn(ctx.state, ctx).filter(({ deletedAt }) => deletedAt === 0));
  const { items, ...page } = pageOf(all, NextToken);
  return { Stacks: await Promise.all(items.map((stack) => stackView(stack, ctx))), ...page };
}

function newestFirst(stacks: readonly Stack[]): Stack[] {
  return [...stacks].reverse();
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
export function listStacks(
  { StackStatusFilter: wanted = [], NextToken }: ListStacksInput,
  ctx: CloudFormationContext,
): object {
  const all = newestFirst(stacksIn(ctx.state, ctx)).filter(
    ({ status }) => wanted.length === 0 || (wanted as readonly string[]).includes(status),
  );
  const { items, ...page } = pageOf(all, NextToken);
  return { StackSummaries: items.map(summaryOf), ...page };
}

function summaryOf(stack: Stack): object {
  const { description } = stack;
  return {
    ...stackFields(stack),
    ...(description === '' ? {} : { TemplateDescription: description }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html */
export function describeStackEvents(
  { StackName, NextToken }: DescribeStackEventsInput,
  ctx: CloudFormationContext,
): object {
  const stack = stackFor(ctx, StackName);
  const all = [...(ctx.state.events.get(stack.id) ?? [])].reverse();
  const { items, ...page } = pageOf(all, NextToken);
  return { StackEvents: items.map((event) => eventView(stack, event)), ...page };
}

function eventView({ name }: Stack, event: StackEvent): object {
  // Events of before tokens were kept have none.
  const { reason, properties, token = '' } = event;
  return {
    StackId: event.stackId,
    EventId: event.id,
    StackName: name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.timestamp),
    ResourceStatus: event.status,
    ...(reason === '' ? {} : { ResourceStatusReason: reason }),
    ...(properties === '' ? {} : { ResourceProperties: properties }),
    ...(token === '' ? {} : { ClientRequestToken: token }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
export function listStackResources(
  { StackName, NextToken }: ListStackResourcesInput,
  ctx: CloudFormationContext,
): object {
  const { items, ...page } = pageOf(resourcesOf(stackFor(ctx, StackName)), NextToken);
  return {
    StackResourceSummaries: items.map((resource) => ({
      ...resourceFields(resource),
      LastUpdatedTimestamp: new Date(resource.updatedAt),
    })),
    ...page,
  };
}

function resourcesOf({ resources }: Stack): StackResource[] {
  return Object.values(resources).sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html */
export async function describeStackResource(
  { StackName, LogicalResourceId: logicalId = '' }: DescribeStackResourceInput,
  ctx: CloudFormationContext,
): Promise<object> {
  const stack = stackFor(ctx, StackName);
  const resource = stack.resources[logicalId];
  if (resource === undefined) throw noResource(logicalId, stack);
  const { template } = await readTemplateText(stack.input.template);
  const metadata = template.resources[logicalId]?.metadata;
  return {
    StackResourceDetail: {
      StackName: stack.name,
      StackId: stack.id,
      ...resourceFields(resource),
      LastUpdatedTimestamp: new Date(resource.updatedAt),
      Metadata: JSON.stringify(metadata ?? {}),
    },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html */
export function describeStackResources(
  input: DescribeStackResourcesInput,
  ctx: CloudFormationContext,
): object {
  const stack = stackOf(input, ctx);
  const { LogicalResourceId: wanted } = input;
  const all = resourcesOf(stack).filter(
    ({ logicalId }) => wanted === undefined || logicalId === wanted,
  );
  if (wanted !== undefined && all.length === 0) throw noResource(wanted, stack);
  return {
    StackResources: all.map((resource) => ({
      StackName: stack.name,
      StackId: stack.id,
      ...resourceFields(resource),
      Timestamp: new Date(resource.updatedAt),
    })),
  };
}

/** The stack that is named, or that has a resource. */
function stackOf(
  { StackName, PhysicalResourceId: physicalId }: DescribeStackResourcesInput,
  ctx: CloudFormationContext,
): Stack {
  if (StackName !== undefined) return stackFor(ctx, StackName);
  if (physicalId === undefined) {
    throw invalid('Either StackName or PhysicalResourceId must be specified.');
  }
  const found = stacksIn(ctx.state, ctx).find(({ resources }) =>
    Object.values(resources).some((each) => each.physicalId === physicalId),
  );
  if (found === undefined) throw stackMissing(physicalId);
  return found;
}

function noResource(logicalId: string, { name }: Stack) {
  return invalid(`Resource ${logicalId} does not exist for stack ${name}`);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html */
export function listExports(
  { NextToken }: ListExportsInput,
  ctx: CloudFormationContext,
): ListExportsOutput {
  const { items, ...page } = pageOf(exportsOf(ctx.state, ctx), NextToken);
  return {
    Exports: items.map(({ name, value, stackId }) => ({
      ExportingStackId: stackId,
      Name: name,
      Value: ctx.state.services.withLocalUrls(value, ctx.baseUrl),
    })),
    ...page,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html */
export function listImports(
  { ExportName = '', NextToken }: ListImportsInput,
  ctx: CloudFormationContext,
): ListImportsOutput {
  const names = importersOf(ctx.state, ctx, ExportName);
  if (names.length === 0) throw invalid(`Export '${ExportName}' is not imported by any stack.`);
  const { items, ...page } = pageOf(names, NextToken);
  return { Imports: [...items], ...page };
}
