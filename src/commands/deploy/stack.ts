import type { Command } from 'commander';
import type { Stack } from '../../lib/aws/stacks.ts';
import { outputsOf } from '../../lib/deploy/stack-outputs.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { changeStack } from './change-stack.ts';
import { holdOf } from './hold.ts';
import { printDeployment, showOutputs } from './outcome.ts';
import { assertTakesMemory, noteSameStyle, noteUnhandled } from './prepare.ts';
import type { DeployRequest } from './request.ts';
import type { Way } from './way.ts';

/** `pubsub deploy <style>`: plans a stack, asks where it has to be asked, and carries the plan out. */
export async function deployStack(
  command: Command,
  context: CommandContext,
  request: DeployRequest,
): Promise<ExitCode> {
  const { style, memory } = request;
  const topology = await topologyFor(context);
  assertManaged(topology, 'deploy');
  const { deploymentOf, MEMORY_PARAMETER } = await import('../../lib/deploy/template.ts');
  // What can't be deployed anywhere is said before anybody is called.
  const checked = deploymentOf(topology, style, undefined, request.database);
  if (memory !== undefined) assertTakesMemory(checked, MEMORY_PARAMETER);
  const parameters: Record<string, string> =
    memory === undefined ? {} : { [MEMORY_PARAMETER]: String(memory) };
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const { stagingFolder } = await import('../../lib/deploy/stage-code.ts');
  const release = await holdOf(context, stagingFolder(context.settings.stateDir, checked.name));
  try {
    await deployHeld(command, context, request, { place, parameters });
  } finally {
    release();
  }
  return EXIT.done;
}

/** Deploys what no other run works on. @param parameters besides those of the way that it goes. */
async function deployHeld(
  command: Command,
  context: CommandContext,
  request: DeployRequest,
  { place, parameters }: { place: Place; parameters: Readonly<Record<string, string>> },
): Promise<void> {
  const { printer } = context;
  const { style, dryRun } = request;
  const way = await findWay(command, context, place, request);
  try {
    noteUnhandled(context, way.deployment);
    await noteSameStyle(command, context, way.deployment);
    const changed = await changeStack(command, context, place, {
      style,
      dryRun,
      source: way.deployment,
      parameters: { ...way.parameters, ...parameters },
      prepare: () => way.prepare(),
    });
    if (!dryRun) showOutputs(context, changed.stack);
    printDeployment(context, place, style, { ...changed, dryRun });
    if (dryRun) return;
    await finish(context, way);
    printer.note(`Next: ${nextStep(command, place, changed.stack)}`);
  } finally {
    await way.close();
  }
}

/** What can't be tidied up does not make a deployment fail: it is done, and the next one tries again. */
async function finish({ printer }: CommandContext, way: Way): Promise<void> {
  try {
    await way.finish();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    printer.warn(`Deployed, but what the stack needs no more is left as it was. ${error.message}`);
  }
}

/** How a deployment goes to what answers: as folders and processes to the engine, as zips and images to anything else. */
async function findWay(
  command: Command,
  context: CommandContext,
  place: Place,
  request: DeployRequest,
): Promise<Way> {
  const { engineAddress } = await import('../../lib/aws/engine-paths.ts');
  if ((await engineAddress(place.aws)) === undefined) {
    const { wayToAws } = await import('./way-to-aws.ts');
    return wayToAws(command, context, place, request);
  }
  const { wayToEngine } = await import('./way-to-engine.ts');
  return wayToEngine(context, place, request);
}

/** An order where there is an API for it, otherwise an event. */
function nextStep(command: Command, { topology }: Place, stack: Stack | undefined): string {
  const url = stack === undefined ? undefined : outputsOf(stack).ApiUrl;
  if (url !== undefined) return `curl --json '{"user_id":1,"total":29.99}' ${url}/orders`;
  const [type] = Object.keys(topology.events);
  return commandLine(command, type === undefined ? 'status' : `publish ${type}`);
}
