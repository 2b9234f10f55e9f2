import type { Command } from 'commander';
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
  if (topology.functions.length === 0) await functionOnTarget(context, topology, undefined);
  const connection = await reading(context, undefined, () => connect(context));
  const { listFunctions } = await import('../../lib/functions/list-functions.ts');
  const functions = await reading(context, 'Reading what is there', () =>
    listFunctions(connection.aws, topology),
  );
  printer.document({ ...targetDocument(connection.identity), functions });
  for (const line of renderFunctions(functions, printer.style, printer.columns)) {
    printer.text(line);
  }
  if (functions.some(({ arn, mappings }) => arn === null || mappings.some((each) => !each.state))) {
    printer.note(`Something is missing. Fix it with: ${commandLine(command, 'setup')}`);
  }
  return EXIT.done;
}
