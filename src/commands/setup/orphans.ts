import type { Command } from 'commander';
import { aws } from '../../lib/diagnose/doctor/check.ts';
import { logGroupOf } from '../../lib/rules/functions.ts';
import { findOrphans } from '../../lib/topology/functions/orphans.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import type { CommandContext } from '../command.ts';
import { fixLine } from '../doctor/fix.ts';
import { reading } from '../reading.ts';

/** Says what the file names no more and setup leaves, with the command lines that delete it. */
export async function noteOrphans(
  command: Command,
  context: CommandContext,
  place: Place,
): Promise<void> {
  const { printer } = context;
  if (place.identity.target === 'aws' || !place.topology.managed) return;
  const orphans = await reading(context, undefined, () => findOrphans(place));
  for (const { type, name } of orphans) {
    const what = type === 'function' ? 'code and log' : 'items';
    printer.note(`The ${type} ${name} is no more in the file; it stays, with its ${what}:`);
    const fixes =
      type === 'table'
        ? [aws('dynamodb', 'delete-table', '--table-name', name)]
        : [
            aws('lambda', 'delete-function', '--function-name', name),
            aws('logs', 'delete-log-group', '--log-group-name', logGroupOf(name)),
          ];
    for (const fix of fixes) printer.note(`  ${fixLine(command, context, place.identity, fix)}`);
  }
}
