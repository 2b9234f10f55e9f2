import type { Stack } from '../../lib/aws/stacks.ts';
import type { Style } from '../../lib/definition/styles.ts';
import type { SettledStack, Settling } from '../../lib/deploy/settle-stack.ts';
import type { StackSource } from '../../lib/deploy/template.ts';
import { plainReason } from '../../lib/rules/stack-reason.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { renderStackPlan, summarizePlan } from '../../lib/ui/stack.ts';
import type { CommandContext } from '../command.ts';
import type { ChangedStack } from './outcome.ts';
import { watchOf } from './watch.ts';

const STEPS: Readonly<Record<Settling, string>> = {
  waiting: 'An earlier deployment is under way: waiting for it',
  removing: 'Removing what a deployment that failed left',
  continuing: "Going on with an earlier deployment's rollback",
};

/** Brings a stack into a state that it can be planned from, and says how. @param onlyWait whether nothing is to be changed. */
export async function settle(
  context: CommandContext,
  { aws, topology }: Place,
  { style, name }: { readonly style: Style; readonly name: string },
  onlyWait: boolean,
): Promise<SettledStack> {
  const { settleStack } = await import('../../lib/deploy/settle-stack.ts');
  const watch = {
    ...watchOf(context),
    onStep: (step: Settling, { StackStatus, StackStatusReason = '' }: Stack) => {
      const reason = plainReason(StackStatusReason);
      context.printer.note(`${STEPS[step]} (${StackStatus}${reason ? `: ${reason}` : ''}).`);
    },
  };
  return settleStack(aws, { topology, style, name }, watch, { onlyWait });
}

/** What a dry run says of a stack that has to be put right first, which would change something. */
export async function showUnsettled(
  { printer }: CommandContext,
  source: StackSource,
  { stack, unsettled }: SettledStack,
): Promise<ChangedStack> {
  const { firstChanges } = await import('../../lib/deploy/plan-stack.ts');
  const changes = stack === undefined ? firstChanges(source) : [];
  for (const line of renderStackPlan(changes, printer.style)) printer.text(line);
  const then = stack === undefined ? 'removes it first' : 'goes on with its rollback first';
  printer.warn(`An earlier deployment failed (${unsettled?.StackStatus}): the next one ${then}.`);
  printer.text(`Dry run: ${summarizePlan(changes)}. Nothing was changed.`);
  return { stackName: source.name, changes, stack: unsettled };
}
