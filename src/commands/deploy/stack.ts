import type { Command } from 'commander';
import { engineAddress } from '../../lib/aws/engine-paths.ts';
import type { Stack } from '../../lib/aws/stacks.ts';
import type { Style } from '../../lib/definition/styles.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { StackPlan } from '../../lib/deploy/plan-stack.ts';
import { outputsOf } from '../../lib/deploy/stack-outputs.ts';
import { stackName } from '../../lib/deploy/style.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { isRevised, renderStackPlan, summarizePlan } from '../../lib/ui/stack.ts';
import { accountWords } from '../../lib/ui/target.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { holdOf } from './hold.ts';
import { freeNames, noteQueueNames, waitForQueueNames } from './names.ts';
import { localOrders } from './order-database.ts';
import { printDeployment, showOutputs } from './outcome.ts';
import {
  assertTakesMemory,
  notDeployable,
  noteSameStyle,
  noteUnhandled,
  parametersOf,
  projectFolder,
} from './prepare.ts';
import type { DeployRequest } from './request.ts';
import { settle, showUnsettled } from './settle.ts';
import { watchOf } from './watch.ts';

/** `pubsub deploy <style>`: plans a stack, asks where it has to be asked, and carries the plan out. */
export async function deployStack(
  command: Command,
  context: CommandContext,
  request: DeployRequest,
): Promise<ExitCode> {
  const { settings } = context;
  const { style, memory } = request;
  const topology = await topologyFor(context);
  assertManaged(topology, 'deploy');
  if (settings.target.kind === 'aws') throw notDeployable(command, context, style);
  const [{ deploymentOf, MEMORY_PARAMETER }, { stagingFolder }] = await Promise.all([
    import('../../lib/deploy/template.ts'),
    import('../../lib/deploy/stage-code.ts'),
  ]);
  // What can't be deployed anywhere is said before anybody is called.
  const checked = deploymentOf(topology, style, undefined, request.database);
  if (memory !== undefined) assertTakesMemory(checked, MEMORY_PARAMETER);
  const folder = stagingFolder(settings.stateDir, stackName(topology, style));
  const release = await holdOf(context, folder);
  try {
    return await deployHeld(command, context, request, { topology, folder });
  } finally {
    release();
  }
}

/** What is deployed, and the folder of its code, which is held. */
interface Held {
  readonly topology: Topology;
  readonly folder: string;
}

async function deployHeld(
  command: Command,
  context: CommandContext,
  request: DeployRequest,
  { topology, folder }: Held,
): Promise<ExitCode> {
  const { printer } = context;
  const { style, dryRun, memory } = request;
  const { deploymentOf } = await import('../../lib/deploy/template.ts');
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  if ((await engineAddress(place.aws)) === undefined) throw notDeployable(command, context, style);
  const orders = await localOrders(context, place, request);
  const local = { folder: projectFolder(context), hasDatabaseUrl: orders.hasDatabaseUrl };
  const deployment = deploymentOf(topology, style, local, orders.database);
  const parameters = await parametersOf(deployment, folder, memory);
  const settled = await settle(context, place, style, dryRun);
  if (settled.unsettled) return showUnsettled(context, place, deployment, settled);
  const { stack: before } = settled;
  noteUnhandled(context, deployment);
  await noteSameStyle(command, context, deployment);
  const plan = await reading(context, 'Planning the stack', async () => {
    const { planStack } = await import('../../lib/deploy/plan-stack.ts');
    return planStack(place.aws, deployment, { ...parameters.all, ...orders.parameters }, before);
  });
  for (const line of renderStackPlan(plan.changes, printer.style)) printer.text(line);
  try {
    const queues = await freeNames(command, context, place, deployment, plan);
    if (dryRun) await noteQueueNames(context, place, queues);
    else await askAndWait(context, place, plan, queues);
  } catch (error) {
    await takeBack(place, plan, before);
    throw error;
  }
  if (dryRun) return endDryRun(context, place, style, { plan, before });
  const stack =
    plan.kind === 'nothing' ? before : await carryOut(command, context, place, style, plan);
  const { pruneCode } = await import('../../lib/deploy/stage-code.ts');
  pruneCode(folder, Object.values(parameters.code));
  showOutputs(context, stack);
  printDeployment(context, place, style, { ...plan, stack, dryRun });
  printer.note(`Next: ${nextStep(command, place, stack)}`);
  return EXIT.done;
}

/** What comes before a plan is carried out. @throws AppError where it is declined or interrupted. */
async function askAndWait(
  context: CommandContext,
  place: Place,
  plan: StackPlan,
  queues: readonly string[],
): Promise<void> {
  if (plan.kind === 'nothing') {
    context.printer.note(`Nothing to do: the stack ${plan.stackName} is as it should be.`);
    return;
  }
  await ask(context, place, plan);
  await waitForQueueNames(context, place, queues);
}

async function endDryRun(
  context: CommandContext,
  place: Place,
  style: Style,
  { plan, before }: { readonly plan: StackPlan; readonly before: Stack | undefined },
): Promise<ExitCode> {
  await takeBack(place, plan, before);
  const words = plan.kind === 'nothing' ? 'nothing to do' : summarizePlan(plan.changes);
  context.printer.text(`Dry run: ${words}. Nothing was changed.`);
  printDeployment(context, place, style, { ...plan, stack: before, dryRun: true });
  return EXIT.done;
}

/** An order where there is an API for it, otherwise an event. */
function nextStep(command: Command, { topology }: Place, stack: Stack | undefined): string {
  const url = stack === undefined ? undefined : outputsOf(stack).ApiUrl;
  if (url !== undefined) return `curl --json '{"user_id":1,"total":29.99}' ${url}/orders`;
  const [type] = Object.keys(topology.events);
  return commandLine(command, type === undefined ? 'status' : `publish ${type}`);
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
