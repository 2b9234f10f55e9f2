import type { Command } from 'commander';
import type { Stack } from '../../lib/aws/stacks.ts';
import type { Style } from '../../lib/definition/styles.ts';
import type { StackPlan } from '../../lib/deploy/plan-stack.ts';
import type { StackSource } from '../../lib/deploy/template.ts';
import { AppError } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { isRevised, renderStackPlan, summarizePlan } from '../../lib/ui/stack.ts';
import { accountWords } from '../../lib/ui/target.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { freeNames, noteQueueNames, waitForQueueNames } from './names.ts';
import type { ChangedStack } from './outcome.ts';
import { settle, showUnsettled } from './settle.ts';
import { watchOf } from './watch.ts';

/** How a stack is changed. */
export interface StackWork {
  readonly style: Style;
  readonly source: StackSource;
  /** Of its template; those that are left out keep the values that the stack has. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What is done once the plan was agreed to, before it is carried out. */
  prepare?(): Promise<void>;
  readonly dryRun: boolean;
}

/**
 * Plans a stack, shows the plan, asks where it has to be asked, and carries it out.
 * @throws AppError of a call that is refused; `NameTaken`, `Declined`, `DeployFailed`, `Interrupted`.
 */
export async function changeStack(
  command: Command,
  context: CommandContext,
  place: Place,
  work: StackWork,
): Promise<ChangedStack> {
  const { printer } = context;
  const { style, source, parameters, dryRun } = work;
  const settled = await settle(context, place, { style, name: source.name }, dryRun);
  if (settled.unsettled) return showUnsettled(context, source, settled);
  const { stack: before } = settled;
  const plan = await reading(context, 'Planning the stack', async () => {
    const { planStack } = await import('../../lib/deploy/plan-stack.ts');
    return planStack(place.aws, source, parameters, before);
  });
  for (const line of renderStackPlan(plan.changes, printer.style)) printer.text(line);
  try {
    const queues = await freeNames(command, context, place, source, plan);
    if (dryRun) await noteQueueNames(context, place, queues);
    else if (plan.kind !== 'nothing') {
      await ask(context, place, plan);
      await waitForQueueNames(context, place, queues);
      await work.prepare?.();
    }
  } catch (error) {
    await takeBack(place, plan, before);
    throw error;
  }
  if (dryRun) {
    await takeBack(place, plan, before);
    const words = plan.kind === 'nothing' ? 'nothing to do' : summarizePlan(plan.changes);
    printer.text(`Dry run: ${words}. Nothing was changed.`);
    return { ...plan, stack: before };
  }
  if (plan.kind === 'nothing') {
    printer.note(`Nothing to do: the stack ${plan.stackName} is as it should be.`);
    return { ...plan, stack: before };
  }
  return { ...plan, stack: await carryOut(command, context, place, style, plan) };
}

async function takeBack({ aws }: Place, plan: StackPlan, before: Stack | undefined): Promise<void> {
  if (plan.kind === 'nothing') return;
  const { dropPlan } = await import('../../lib/deploy/plan-stack.ts');
  await dropPlan(aws, plan, before !== undefined);
}

/** On AWS a deployment costs money; anywhere what is replaced or deleted is lost. */
async function ask(
  { io, printer, yes }: CommandContext,
  { identity }: Place,
  { changes, stackName: name }: StackPlan,
): Promise<void> {
  const isLossy = changes.some(
    ({ action, replaced, type }) => action === 'delete' || (replaced !== 'no' && !isRevised(type)),
  );
  if (yes || (identity.target !== 'aws' && !isLossy)) return;
  const question = `Deploy ${name}: ${summarizePlan(changes)} (${accountWords(identity)})?`;
  if (await confirm(io, printer, question)) return;
  throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
}

async function carryOut(
  command: Command,
  context: CommandContext,
  { aws }: Place,
  style: Style,
  plan: StackPlan,
): Promise<Stack> {
  const { runPlan } = await import('../../lib/deploy/run-stack.ts');
  const started = performance.now();
  const progress = context.printer.progress(`Deploying ${plan.stackName}`);
  try {
    const again = commandLine(command, `deploy ${style}`);
    const stack = await runPlan(aws, plan, watchOf(context), again);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    progress.done(`Deployed ${plan.stackName} in ${seconds} s.`);
    return stack;
  } catch (error) {
    progress.clear();
    if (!(error instanceof AppError) || error.code !== 'Interrupted') throw error;
    const { code, message, exitCode } = error;
    const hint = `See how it ends: ${commandLine(command, 'deploy status')}`;
    throw new AppError({ code, message, exitCode, hint, cause: error });
  }
}
