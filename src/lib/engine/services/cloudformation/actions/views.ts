import type { Parameter, Stack as StackView } from '@aws-sdk/client-cloudformation';
import { tagList } from '../resources/tags.ts';
import type { Stack, StackInput, StackResource } from '../state.ts';
import { readTemplateText } from '../template/compile.ts';

/** What stands for the value of a parameter with `NoEcho`. */
const HIDDEN = '****';

/** All parameters of a template with their values, those with `NoEcho` hidden. */
export async function shownParameters({ template, parameters }: StackInput): Promise<Parameter[]> {
  const { template: read } = await readTemplateText(template);
  return Object.entries(read.parameters).map(([key, { noEcho, defaultValue = '' }]) => {
    const value = parameters.find((each) => each.key === key)?.value ?? defaultValue;
    return { ParameterKey: key, ParameterValue: noEcho ? HIDDEN : value };
  });
}

const UNCHECKED = { StackDriftStatus: 'NOT_CHECKED' } as const;

/** A stack as `DescribeStacks` shows it. */
export async function stackView(stack: Stack): Promise<StackView> {
  const { input, reason, description, updatedAt, deletedAt, timeoutMinutes } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(stack.changeSetId === '' ? {} : { ChangeSetId: stack.changeSetId }),
    ...(description === '' ? {} : { Description: description }),
    Parameters: await shownParameters(input),
    CreationTime: new Date(stack.createdAt),
    ...(deletedAt === 0 ? {} : { DeletionTime: new Date(deletedAt) }),
    ...(updatedAt === 0 ? {} : { LastUpdatedTime: new Date(updatedAt) }),
    RollbackConfiguration: {},
    StackStatus: stack.status as StackView['StackStatus'],
    ...(reason === '' ? {} : { StackStatusReason: reason }),
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...input.notificationArns],
    ...(timeoutMinutes === 0 ? {} : { TimeoutInMinutes: timeoutMinutes }),
    Capabilities: [...input.capabilities] as StackView['Capabilities'],
    Outputs: stack.outputs.map(({ key, value, description: told, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      ...(told === '' ? {} : { Description: told }),
      ...(exportName === '' ? {} : { ExportName: exportName }),
    })),
    ...(input.roleArn === '' ? {} : { RoleARN: input.roleArn }),
    Tags: tagList(input.tags),
    EnableTerminationProtection: stack.isProtected,
    DriftInformation: UNCHECKED,
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
