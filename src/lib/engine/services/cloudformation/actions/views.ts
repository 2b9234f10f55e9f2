import type { Parameter, Stack as StackView } from '@aws-sdk/client-cloudformation';
import type { CloudFormationContext } from '../context.ts';
import { tagList } from '../resources/tags.ts';
import type { Stack, StackInput, StackResource } from '../state.ts';
import { readTemplateText } from '../template/compile.ts';

/** What stands for the value of a parameter with `NoEcho`. */
const HIDDEN = '****';

/** All parameters of a template with their values, those with `NoEcho` hidden. */
export async function shownParameters({ template, parameters }: StackInput): Promise<Parameter[]> {
  const { template: read } = await readTemplateText(template);
  return Object.entries(read.parameters).map(([key, { noEcho, defaultValue = '' }]) => {
    const { value = defaultValue, resolved } = parameters.find((each) => each.key === key) ?? {};
    return {
      ParameterKey: key,
      ParameterValue: noEcho ? HIDDEN : value,
      ...(resolved === undefined ? {} : { ResolvedValue: noEcho ? HIDDEN : resolved }),
    };
  });
}

/**
 * A stack as `DescribeStacks` shows it. Outputs that are URLs of its APIs on AWS are shown as those at which the engine
 * answers, as the caller addressed it.
 */
export async function stackView(
  stack: Stack,
  { state: { services }, baseUrl }: CloudFormationContext,
): Promise<StackView> {
  const { input, description, timeoutMinutes } = stack;
  return {
    ...stackFields(stack),
    ...(stack.changeSetId === '' ? {} : { ChangeSetId: stack.changeSetId }),
    ...(description === '' ? {} : { Description: description }),
    Parameters: await shownParameters(input),
    RollbackConfiguration: {},
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...input.notificationArns],
    ...(timeoutMinutes === 0 ? {} : { TimeoutInMinutes: timeoutMinutes }),
    Capabilities: [...input.capabilities] as StackView['Capabilities'],
    Outputs: stack.outputs.map(({ key, value, description: told, exportName }) => ({
      OutputKey: key,
      OutputValue: services.withLocalUrls(value, baseUrl),
      ...(told === '' ? {} : { Description: told }),
      ...(exportName === '' ? {} : { ExportName: exportName }),
    })),
    ...(input.roleArn === '' ? {} : { RoleARN: input.roleArn }),
    Tags: tagList(input.tags),
    EnableTerminationProtection: stack.isProtected,
  };
}

/** What all views of a stack have. */
export function stackFields(stack: Stack) {
  const { reason, updatedAt, deletedAt } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: new Date(stack.createdAt),
    ...(updatedAt === 0 ? {} : { LastUpdatedTime: new Date(updatedAt) }),
    ...(deletedAt === 0 ? {} : { DeletionTime: new Date(deletedAt) }),
    StackStatus: stack.status as StackView['StackStatus'],
    ...(reason === '' ? {} : { StackStatusReason: reason }),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' as const },
  };
}

/** What all views of a resource have. */
export function resourceFields(resource: StackResource) {
  const { logicalId, physicalId, type, status, reason } = resource;
  return {
    LogicalResourceId: logicalId,
    ...(physicalId === '' ? {} : { PhysicalResourceId: physicalId }),
    ResourceType: type,
    ResourceStatus: status,
    ...(reason === '' ? {} : { ResourceStatusReason: reason }),
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}
