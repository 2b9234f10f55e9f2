import { relative } from 'node:path';
import type { Command } from 'commander';
import { aws } from '../../lib/diagnose/doctor/check.ts';
import type { StaleBuild } from '../../lib/functions/package-code.ts';
import { hasFunctionsToMake } from '../../lib/topology/functions/made-here.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { pending } from '../../lib/topology/plan.ts';
import type { SetupPlan } from '../../lib/topology/setup.ts';
import { stackOwned } from '../../lib/topology/stack-owned.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { fixLine } from '../doctor/fix.ts';
import { stackChange } from '../stack-owner.ts';
import { noteOrphans } from './orphans.ts';

/** Says what else there is of a topology on AWS: stacks that made it, functions that take from its queues, leftovers, old builds. */
export async function showAwsRemarks(
  command: Command,
  context: CommandContext,
  place: Place,
  plan: SetupPlan,
): Promise<void> {
  const { printer } = context;
  showStacks(command, context, place, plan);
  for (const stray of plan.observed.strays.filter((each) => !each.isOurs && !each.stack)) {
    const { functionName, queue, uuid } = stray;
    const fix = aws('lambda', 'delete-event-source-mapping', '--uuid', uuid);
    printer.warn(
      `The function ${functionName} takes from ${queue}${stray.enabled ? '' : ' once its mapping is on'}, which the topology doesn't say.`,
    );
    printer.note(`  To end that: ${fixLine(command, context, place.identity, fix)}`);
  }
  await noteOrphans(command, context, place);
  for (const { source, built } of staleBuilds(plan)) {
    printer.warn(
      `${shownPath(context, source)} was changed after ${shownPath(context, built)}, which is what runs: build it again, or remove that and the source is taken.`,
    );
  }
  const elsewhere = place.topology.functions.length + place.topology.tables.length;
  if (elsewhere > 0 && !hasFunctionsToMake(place)) {
    printer.note(
      `Functions and tables are not made by setup on AWS: ${commandLine(command, 'export cloudformation')}`,
    );
  }
}

/** Says which stacks made what is there, and what of it setup would change behind their backs. */
function showStacks(
  command: Command,
  { printer }: CommandContext,
  place: Place,
  { observed, changes }: SetupPlan,
): void {
  const owned = stackOwned(place.topology, observed);
  const changed = pending(changes).flatMap(({ name }) => (owned.has(name) ? [name] : []));
  for (const stack of new Set(owned.values())) {
    const count = [...owned.values()].filter((each) => each === stack).length;
    const names = [...new Set(changed)].filter((name) => owned.get(name) === stack);
    if (names.length === 0) {
      printer.note(
        `The CloudFormation stack ${stack} made ${count} of these: setup changes none of them.`,
      );
    } else {
      printer.warn(
        `The CloudFormation stack ${stack} made ${names.join(', ')}, and doesn't know what setup changes. Change it with: ${stackChange(command, place, stack)}`,
      );
    }
  }
}

function staleBuilds({ observed }: SetupPlan): StaleBuild[] {
  return [...(observed.functions?.packages.values() ?? [])].flatMap(({ stale }) => stale);
}

/** A path from where the command runs. */
function shownPath({ io }: CommandContext, path: string): string {
  return relative(io.cwd, path);
}
