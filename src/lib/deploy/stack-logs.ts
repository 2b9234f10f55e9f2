import type { Aws } from '../aws/clients.ts';
import { stackResources } from '../aws/stacks.ts';
import type { NamedLog } from '../functions/follow-log.ts';
import type { DeployedStack } from './deployed-stack.ts';

/** The log groups of a stack that are there, by name: the last part of the group's. */
export async function stackLogs(aws: Aws, { stack, name }: DeployedStack): Promise<NamedLog[]> {
  const resources = await stackResources(aws, stack.StackId ?? name);
  return resources
    .flatMap(({ ResourceType, PhysicalResourceId: group = '' }) =>
      ResourceType === 'AWS::Logs::LogGroup' && group !== ''
        ? [{ name: group.slice(group.lastIndexOf('/') + 1), group }]
        : [],
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}
