import type { Command } from 'commander';
import type { Attributes } from '../lib/aws/topics.ts';
import { STYLES, type Style } from '../lib/definition/styles.ts';
import type { Topology } from '../lib/definition/topology.ts';
import { stackName } from '../lib/deploy/style.ts';
import { aws } from '../lib/diagnose/doctor/check.ts';
import { AppError } from '../lib/rules/errors.ts';
import type { Place } from '../lib/topology/inspect.ts';
import { stackOf } from '../lib/topology/ownership.ts';
import type { CommandContext } from './command.ts';
import { commandLine } from './command-line.ts';
import { fixLine } from './doctor/fix.ts';

/** The command line that deletes a stack with what it made: ours where `pubsub deploy` named it. */
export function stackDeletion(
  command: Command,
  context: CommandContext,
  { topology, identity }: Place,
  stack: string,
): string {
  const style = styleOf(topology, stack);
  if (style !== undefined) return commandLine(command, `deploy destroy ${style}`);
  const fix = aws('cloudformation', 'delete-stack', '--stack-name', stack);
  return fixLine(command, context, identity, fix);
}

/** Says how the stacks are deleted that made what is left. */
export function noteStacks(
  command: Command,
  context: CommandContext,
  place: Place,
  left: readonly { readonly stack?: string | undefined }[],
): void {
  for (const stack of new Set(left.flatMap((each) => each.stack ?? []))) {
    const line = stackDeletion(command, context, place, stack);
    context.printer.note(`What the CloudFormation stack ${stack} made is deleted with it: ${line}`);
  }
}

/**
 * What shows the logs of the stack that made what carries tags, such as `pubsub deploy logs --follow`; undefined where
 * none of `pubsub deploy` did, or who calls may not read the tags.
 */
export async function stackLogs(
  command: Command,
  topology: Pick<Topology, 'name' | 'prefix'>,
  reading: Promise<Attributes | undefined>,
): Promise<string | undefined> {
  const tags = await reading.catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  const style = tags && styleOf(topology, stackOf(tags));
  return style ? commandLine(command, 'deploy logs --follow') : undefined;
}

/** What changes a stack, such as `pubsub deploy serverless`. */
export function stackChange(command: Command, { topology }: Place, stack: string): string {
  const style = styleOf(topology, stack);
  return style === undefined ? 'its template' : commandLine(command, `deploy ${style}`);
}

/** The style of the stack that `pubsub deploy` gives a name; undefined for any other name. */
function styleOf(
  topology: Pick<Topology, 'name' | 'prefix'>,
  stack: string | undefined,
): Style | undefined {
  return STYLES.find((each) => stackName(topology, each) === stack);
}
