import type { Command } from 'commander';
import type { StackResourceSummary } from '../../lib/aws/stacks.ts';
import type { DeployedStack } from '../../lib/deploy/deployed-stack.ts';
import { outputsOf } from '../../lib/deploy/stack-outputs.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderStackStatus } from '../../lib/ui/stack-status.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { stacksThere } from './choose-stack.ts';

/** `pubsub deploy status [style]` */
export function defineStatus(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub deploy status', 'pubsub deploy status serverless --verbose'],
    'pubsub status, for what waits in the queues',
  )
    .argument('[style]', 'only the stack of this style')
    .action((word: string | undefined) =>
      run(command, (context) => status(command, context, word)),
    );
}

async function status(
  command: Command,
  context: CommandContext,
  word: string | undefined,
): Promise<ExitCode> {
  const { printer } = context;
  const { place, stacks } = await stacksThere(context, word);
  const { stackResources } = await import('../../lib/aws/stacks.ts');
  const found = await reading(context, 'Reading the resources', () =>
    Promise.all(
      stacks.map(async (deployed) => ({
        deployed,
        resources: await stackResources(place.aws, deployed.stack.StackId ?? deployed.name),
      })),
    ),
  );
  printer.document({
    ...targetDocument(place.identity),
    topology: place.topology.name,
    stacks: found.map((each) => ({
      ...stackDocument(each),
      outputs: outputsOf(each.deployed.stack),
    })),
  });
  if (found.length === 0) {
    printer.text(
      `${place.topology.name} is not deployed. Deploy it with: ${commandLine(command, `deploy ${word ?? 'serverless'}`)}`,
    );
  }
  for (const { deployed, resources } of found) {
    const options = { all: printer.verbose };
    for (const line of renderStackStatus(deployed, resources, printer.style, options)) {
      printer.text(line);
    }
  }
  return EXIT.done;
}

interface FoundStack {
  readonly deployed: DeployedStack;
  readonly resources: readonly StackResourceSummary[];
}

function stackDocument({ deployed: { style, name, stack }, resources }: FoundStack) {
  return {
    style,
    stack: name,
    status: stack.StackStatus,
    reason: stack.StackStatusReason ?? null,
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString() ?? null,
    resources: resources.map((each) => ({
      type: each.ResourceType,
      name: each.LogicalResourceId,
      id: each.PhysicalResourceId ?? null,
      status: each.ResourceStatus,
      reason: each.ResourceStatusReason ?? null,
    })),
  };
}
