import type { Aws } from '../aws/clients.ts';
import { getStack, type Stack } from '../aws/stacks.ts';
import { STYLES, type Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { isOurStack, stackName } from './style.ts';

/** A stack of a topology that is there. */
export interface DeployedStack {
  readonly style: Style;
  readonly name: string;
  readonly stack: Stack;
}

/** The stacks of a topology that are there, in the order of the styles; those of others are left out. */
export async function deployedStacks(aws: Aws, topology: Topology): Promise<DeployedStack[]> {
  const found = await Promise.all(
    STYLES.map(async (style) => {
      const name = stackName(topology, style);
      return { style, name, stack: await getStack(aws, name) };
    }),
  );
  return found.flatMap(({ style, name, stack }) =>
    stack !== undefined && isOurStack(topology, style, stack.Tags ?? [])
      ? [{ style, name, stack }]
      : [],
  );
}
