import type { Command } from 'commander';
import { outputsOf } from '../../lib/deploy/stack-outputs.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderOutputs } from '../../lib/ui/stack.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { stackThere } from './choose-stack.ts';

/** `pubsub deploy outputs [style]` */
export function defineOutputs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub deploy outputs', 'pubsub deploy outputs serverless --json'],
    'pubsub deploy logs --follow',
  )
    .argument('[style]', 'of the stack, where there are several')
    .action((word: string | undefined) =>
      run(command, (context) => outputs(command, context, word)),
    );
}

async function outputs(
  command: Command,
  context: CommandContext,
  word: string | undefined,
): Promise<ExitCode> {
  const { printer } = context;
  const { place, deployed } = await stackThere(command, context, word);
  const found = outputsOf(deployed.stack);
  printer.document({
    ...targetDocument(place.identity),
    topology: place.topology.name,
    style: deployed.style,
    stack: deployed.name,
    outputs: found,
  });
  const lines = renderOutputs(found, printer.style);
  for (const line of lines) printer.raw(line);
  if (lines.length === 0) printer.note(`The stack ${deployed.name} has no outputs.`);
  return EXIT.done;
}
