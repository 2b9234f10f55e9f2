import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { renderTable } from '../../lib/ui/table.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';

/** `pubsub alarms ls` */
export function defineLs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub alarms ls', 'pubsub alarms ls --json'],
    'pubsub doctor, to find what an alarm is about',
  ).action(() => run(command, (context) => ls(command, context)));
}

async function ls(command: Command, context: CommandContext): Promise<ExitCode> {
  const { printer } = context;
  const topology = await topologyFor(context);
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const { existingAlarms } = await import('../../lib/topology/alarms/plan.ts');
  const found = await reading(context, 'Reading the alarms', () => existingAlarms(place));
  printer.document({
    ...targetDocument(place.identity),
    topology: topology.name,
    alarms: found.map(({ name, arn, says, ours, settings }) => ({
      name,
      arn,
      says,
      ours,
      state: settings.StateValue,
      reason: settings.StateReason,
      since: settings.StateTransitionedTimestamp ?? settings.StateUpdatedTimestamp,
      notifies: settings.AlarmActions ?? [],
    })),
  });
  if (found.length === 0) {
    printer.text(`There are no alarms. Make them with: ${commandLine(command, 'alarms')}`);
    return EXIT.done;
  }
  const { style } = printer;
  const paint = { ALARM: style.red, OK: style.green, INSUFFICIENT_DATA: style.yellow };
  const rows = found.map(({ name, says, settings: { StateValue = 'INSUFFICIENT_DATA' } }) => [
    { text: StateValue === 'INSUFFICIENT_DATA' ? 'no data' : StateValue, paint: paint[StateValue] },
    { text: name },
    { text: says },
  ]);
  const columns = [{ heading: 'state' }, { heading: 'alarm' }, { heading: 'when' }];
  for (const line of renderTable(columns, rows, style)) printer.text(line);
  for (const { name, settings } of found) {
    if (settings.StateValue !== 'ALARM') continue;
    printer.text('');
    printer.text(`${name}: ${settings.StateReason ?? ''}`);
  }
  return EXIT.done;
}
