import type { Aws } from '../aws/clients.ts';
import { getQueueAttributes } from '../aws/queues.ts';
import { getStack, type Stack, type StackResourceSummary, stackResources } from '../aws/stacks.ts';
import { countItems, getTable } from '../aws/tables.ts';
import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { messageCount } from '../topology/remains.ts';
import { assertOurStack } from './stack-status.ts';
import { artifactsName, isOurStack, stackName } from './style.ts';
import { deployedTables } from './system.ts';

/** What a deployment has on the target. */
export interface Deployed extends FoundStack {
  /** The stack with what it was made from; the engine has none. */
  readonly artifacts: FoundStack;
  /** Tables that the stack made and doesn't delete: their data is somebody's. */
  readonly tables: readonly { readonly name: string; readonly items: number }[];
}

/** A stack that may be there. */
export interface FoundStack {
  readonly name: string;
  /** Undefined where only what it kept is left. */
  readonly stack: Stack | undefined;
  readonly resources: readonly DeployedResource[];
}

/** A resource of a stack. */
export interface DeployedResource {
  readonly type: string;
  readonly name: string;
  /** What it is called on the target. */
  readonly id: string;
  /** Messages in a queue, about; 0 for anything else. */
  readonly messages: number;
}

/** Reads what there is of a deployment. @throws AppError `NotOurs` for a stack of somebody else's. */
export async function readDeployed(aws: Aws, topology: Topology, style: Style): Promise<Deployed> {
  const [own, artifacts, tables] = await Promise.all([
    findStack(aws, topology, style, stackName(topology, style)),
    findStack(aws, topology, style, artifactsName(topology, style)),
    keptTables(aws, topology, style),
  ]);
  return { ...own, artifacts, tables };
}

async function findStack(
  aws: Aws,
  topology: Topology,
  style: Style,
  name: string,
): Promise<FoundStack> {
  const stack = await getStack(aws, name);
  if (stack !== undefined) assertOurStack(topology, style, stack);
  const resources = stack === undefined ? [] : await stackResources(aws, stack.StackId ?? name);
  return {
    name,
    stack,
    resources: await Promise.all(
      resources
        .filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE')
        .map(async (each) => ({
          type: each.ResourceType ?? '',
          name: each.LogicalResourceId ?? '',
          id: each.PhysicalResourceId ?? '',
          messages: await messagesIn(aws, each),
        })),
    ),
  };
}

async function messagesIn(
  aws: Aws,
  { ResourceType, PhysicalResourceId: url = '' }: StackResourceSummary,
): Promise<number> {
  if (ResourceType !== 'AWS::SQS::Queue' || url === '') return 0;
  return messageCount((await getQueueAttributes(aws, url)) ?? {});
}

/** The tables that a stack of this style made, by the stack's tags on them. */
async function keptTables(aws: Aws, topology: Topology, style: Style): Promise<Deployed['tables']> {
  const found = await Promise.all(
    deployedTables(topology, style).map(async (name) => {
      const table = await getTable(aws, name);
      const tags = Object.entries(table?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
      if (table === undefined || table.status === 'DELETING') return [];
      if (!isOurStack(topology, style, tags)) return [];
      return [{ name, items: await countItems(aws, name) }];
    }),
  );
  return found.flat();
}
