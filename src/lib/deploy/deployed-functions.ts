import type { Aws } from '../aws/clients.ts';
import { type Style, usualDatabase } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { AppError } from '../rules/errors.ts';
import { deployedStacks } from './deployed-stack.ts';
import { systemOf } from './system.ts';

/** A topology with the functions that its stack made of handlers. */
export interface DeployedFunctions {
  readonly style: Style;
  readonly topology: Topology;
}

/**
 * Finds the stack of a topology that runs handlers as functions.
 * @returns undefined where there is none, or where the file has meanwhile what can't be deployed.
 */
export async function deployedFunctions(
  aws: Aws,
  topology: Topology,
): Promise<DeployedFunctions | undefined> {
  const stacks = await deployedStacks(aws, topology);
  const style = stacks.find((each) => each.style !== 'ecs')?.style;
  if (style === undefined) return undefined;
  try {
    return { style, topology: systemOf(topology, style, usualDatabase(style)).topology };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
