import type { Aws } from '../aws/clients.ts';
import { getQueueAttributes } from '../aws/queues.ts';
import { getStack, type Stack, type StackResourceSummary, stackResources } from '../aws/stacks.ts';
import { countItems, deleteTable, getTable } from '../aws/tables.ts';
import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { messageCount } from '../topology/remains.ts';
import { failureWords, firstFailure, followStack, lastEvent, type Watch } from './follow-stack.ts';
import { isGone, removeStack } from './settle-stack.ts';
import { assertOurStack, isUnderWay } from './stack-status.ts';
import { isOurStack, stackName } from './style.ts';
import { deployedTables } from './system.ts';

/** What a deployment has on the target. */
export interface Deployed {
  readonly name: string;
  /** Undefined where only what it kept is left. */
  readonly stack: Stack | undefined;
  readonly resources: readonly DeployedResource[];
  /** Tables that the stack made and doesn't delete: their data is somebody's. */
  readonly tables: readonly { readonly name: string; readonly items: number }[];
}

/** A resource of a stack. */
export interface DeployedResource {
  readonly type: string;
  readonly name: string;
  /** Messages in a queue, about; 0 for anything else. */
  readonly messages: number;
}

/** Reads what there is of a deployment. @throws AppError `NotOurs` for a stack of somebody else's. */
export async function readDeployed(aws: Aws, topology: Topology, style: Style): Promise<Deployed> {
  const name = stackName(topology, style);
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
          messages: await messagesIn(aws, each),
        })),
    ),
    tables: await keptTables(aws, topology, style),
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

/** What became of a deployment that was to go. */
export interface Destroyed {
  readonly deleted: readonly string[];
  /** What is still there at a second reading. */
  readonly left: readonly string[];
  /** What failed first, in words; undefined where nothing did. */
  readonly failure: string | undefined;
}

/**
 * Deletes a stack, then the tables that it keeps, and reads again what is left.
 * @throws AppError `Interrupted`, or of a call that is refused.
 */
export async function destroyDeployed(
  aws: Aws,
  { topology, style }: { readonly topology: Topology; readonly style: Style },
  { stack, name, resources, tables }: Deployed,
  watch: Watch,
): Promise<Destroyed> {
  const id = stack?.StackId;
  let failure: string | undefined;
  if (id !== undefined) {
    if (isUnderWay(stack?.StackStatus ?? '')) {
      await followStack(aws, id, watch, { after: await lastEvent(aws, id) });
    }
    const ended = await removeStack(aws, id, watch);
    // CloudFormation tries again what it could not delete at first: only what is left at the end has failed.
    const failed = firstFailure(ended.events);
    if (!isGone(ended)) {
      failure = failed ? failureWords(failed) : `The stack is ${ended.stack?.StackStatus}.`;
    }
  }
  if (failure === undefined) for (const table of tables) await deleteTable(aws, table.name);
  const after = await readDeployed(aws, topology, style);
  const left = [
    ...after.resources.map((each) => each.name),
    ...after.tables.map((each) => each.name),
    ...(after.stack === undefined ? [] : [name]),
  ];
  const gone = [...resources, ...tables].map((each) => each.name);
  return { deleted: gone.filter((each) => !left.includes(each)), left, failure };
}
