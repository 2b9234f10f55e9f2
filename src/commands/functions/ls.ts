import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { DeployedFunctions } from '../../lib/deploy/deployed-functions.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderFunctions } from '../../lib/ui/functions.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { functionOnTarget } from './choose.ts';

/** `pubsub functions ls` */
export function defineLs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub functions ls', 'pubsub functions ls --json'],
    'pubsub functions logs --follow',
  ).action(() => run(command, (context) => ls(command, context)));
}

async function ls(command: Command, context: CommandContext): Promise<ExitCode> {
  const { printer } = context;
  const topology = await topologyFor(context);
  const connection = await reading(context, undefined, () => connect(context));
  const deployed = await deployedThere(context, connection.aws, topology);
  const listed = deployed?.topology ?? topology;
  if (listed.functions.length === 0) await functionOnTarget(context, topology, undefined);
  const { listFunctions } = await import('../../lib/functions/list-functions.ts');
  const functions = await reading(context, 'Reading what is there', () =>
    listFunctions(connection.aws, listed),
  );
  printer.document({ ...targetDocument(connection.identity), functions });
  for (const line of renderFunctions(functions, printer.style, printer.columns)) {
    printer.text(line);
  }
  if (functions.some(({ arn, mappings }) => arn === null || mappings.some((each) => !each.state))) {
    const fix = deployed === undefined ? 'setup' : `deploy ${deployed.style}`;
    printer.note(`Something is missing. Fix it with: ${commandLine(command, fix)}`);
  }
  return EXIT.done;
}

/** What `pubsub deploy` made functions of; it deploys to an engine only, so that AWS is not asked. */
async function deployedThere(
  context: CommandContext,
  aws: Aws,
  topology: Topology,
): Promise<DeployedFunctions | undefined> {
  const { engineAddress } = await import('../../lib/aws/engine-paths.ts');
  if ((await engineAddress(aws)) === undefined) return undefined;
  const { deployedFunctions } = await import('../../lib/deploy/deployed-functions.ts');
  return reading(context, 'Looking for a stack', () => deployedFunctions(aws, topology));
}
