import type { Aws } from '../aws/clients.ts';
import { stackResources } from '../aws/stacks.ts';
import type { DeployedStack } from './deployed-stack.ts';

/** A log group of a stack. */
export interface StackLog {
  /** What writes it, such as a function's name: the last part of the group's. */
  readonly name: string;
  readonly group: string;
}

/** The log groups of a stack that are there, by name. */
export async function stackLogs(aws: Aws, { stack, name }: DeployedStack): Promise<StackLog[]> {
  const resources = await stackResources(aws, stack.StackId ?? name);
  return resources
    .flatMap(({ ResourceType, PhysicalResourceId: group = '' }) =>
      ResourceType === 'AWS::Logs::LogGroup' && group !== ''
        ? [{ name: group.slice(group.lastIndexOf('/') + 1), group }]
        : [],
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}
