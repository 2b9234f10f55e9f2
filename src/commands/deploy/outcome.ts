import type { Stack } from '../../lib/aws/stacks.ts';
import type { Style } from '../../lib/definition/styles.ts';
import type { StackChange } from '../../lib/deploy/plan-stack.ts';
import { outputsOf } from '../../lib/deploy/stack-outputs.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { renderOutputs } from '../../lib/ui/stack.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import type { CommandContext } from '../command.ts';

/** What a stack was changed to, or would be. */
export interface ChangedStack {
  readonly stackName: string;
  readonly changes: readonly StackChange[];
  /** As it is now; undefined where there is none. */
  readonly stack: Stack | undefined;
}

/** What a run of `deploy` came to. */
interface Outcome extends ChangedStack {
  readonly dryRun: boolean;
}

/** Prints the outputs of a stack, below its plan. */
export function showOutputs({ printer }: CommandContext, stack: Stack | undefined): void {
  const lines = stack === undefined ? [] : renderOutputs(outputsOf(stack), printer.style);
  if (lines.length > 0) printer.text('');
  for (const line of lines) printer.text(line);
}

/** Prints the document of `deploy`. */
export function printDeployment(
  { printer }: CommandContext,
  { identity, topology }: Place,
  style: Style,
  { stackName, changes, stack, dryRun }: Outcome,
): void {
  printer.document({
    ...targetDocument(identity),
    topology: topology.name,
    style,
    stack: stackName,
    status: stack?.StackStatus ?? null,
    outputs: stack === undefined ? {} : outputsOf(stack),
    changes: changes.map(({ action, type, logicalId, replaced, differences }) => ({
      action,
      type,
      name: logicalId,
      replaced,
      differences: differences.map(({ setting, from, to }) => ({
        setting,
        from: from ?? null,
        to: to ?? null,
      })),
    })),
    dryRun,
  });
}
