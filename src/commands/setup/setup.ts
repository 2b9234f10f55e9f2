import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import { aws } from '../../lib/diagnose/doctor/check.ts';
import type { StaleBuild } from '../../lib/functions/package-code.ts';
import { AppError, EXIT, usageError } from '../../lib/rules/errors.ts';
import { ENVIRONMENT_FORMATS, type EnvironmentFormat } from '../../lib/topology/environment.ts';
import { hasFunctionsToMake } from '../../lib/topology/functions/made-here.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { takenOver, untouchable } from '../../lib/topology/ownership.ts';
import { pending } from '../../lib/topology/plan.ts';
import { reportOf } from '../../lib/topology/report.ts';
import type { SetupPlan, SetupResult } from '../../lib/topology/setup.ts';
import { stackOwned } from '../../lib/topology/stack-owned.ts';
import { renderChanges, summarizeChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { renderSetupReport } from '../../lib/ui/setup-report.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { fixLine } from '../doctor/fix.ts';
import { nameWaitLines, sayNoWaits } from '../name-wait.ts';
import { reading } from '../reading.ts';
import { stackChange } from '../stack-owner.ts';
import { sweepLeftovers } from '../sweep.ts';
import { topologyFor } from '../topology.ts';
import { noteOrphans } from './orphans.ts';
import { printDocument } from './setup-document.ts';

interface SetupFlags {
  readonly dryRun?: boolean;
  readonly exitCode?: boolean;
  readonly printEnv?: EnvironmentFormat;
}

/** `pubsub setup` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub setup',
      'pubsub setup --dry-run',
      'pubsub setup --dry-run --exit-code   # in CI: exit 3 on drift',
      'pubsub setup --target aws --prefix dev',
      'pubsub setup --print-env dotenv > .env',
    ],
    'pubsub publish payment.captured',
  )
    .option('-n, --dry-run', 'show the plan and change nothing')
    .option('--exit-code', 'with --dry-run: exit 3 when something would change')
    .addOption(
      new Option(
        '--print-env <format>',
        'print ARNs, URLs and region as the environment of your programs',
      ).choices(ENVIRONMENT_FORMATS),
    )
    .action((options: SetupFlags) => run(command, (context) => setup(command, context, options)));
}

async function setup(command: Command, context: CommandContext, options: SetupFlags) {
  const { printer } = context;
  const { printEnv } = options;
  if (options.exitCode && !options.dryRun) {
    throw usageError(
      '--exit-code belongs to --dry-run.',
      `Check for drift with: ${commandLine(command, 'setup --dry-run --exit-code')}`,
    );
  }
  const topology = await topologyFor(context);
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const { planSetup } = await import('../../lib/topology/setup.ts');
  const plan = await reading(context, 'Reading what is there', () => planSetup(place));
  const open = pending(plan.changes);
  // The environment is to be alone on stdout: it goes into a file.
  const say = printEnv ? printer.note : printer.text;
  const style = printEnv ? printer.noteStyle : printer.style;
  for (const line of renderChanges(plan.changes, style)) say(line);
  for (const { name } of takenOver(plan.changes)) {
    printer.warn(`${name} isn't tagged as ours: setup takes it over, and cleanup will delete it.`);
  }
  for (const { type, name } of untouchable(plan.changes)) {
    printer.warn(`${name} is a ${type} of somebody else's: setup does not change it.`);
  }
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
  const elsewhere = topology.functions.length + topology.tables.length;
  if (elsewhere > 0 && !hasFunctionsToMake(place)) {
    printer.note(
      `Functions and tables are not made by setup on AWS: ${commandLine(command, 'export cloudformation')}`,
    );
  }
  if (options.dryRun || !topology.managed) {
    const why = topology.managed ? 'Dry run' : 'The topology says "managed: false"';
    say(`${why}: ${summarizeChanges(plan.changes)}. Nothing was changed.`);
    printDocument(context, place, plan, { observed: plan.observed, dryRun: true, printEnv });
    return options.exitCode && open.length > 0 ? EXIT.drift : EXIT.done;
  }
  const result = open.length > 0 ? await carryOut(command, context, place, plan) : plan;
  if (open.length === 0)
    printer.note(
      `Nothing to change: ${plan.changes.length} of ${plan.changes.length} are as they should be.`,
    );
  await sweepLeftovers(context, place);
  say('');
  printDocument(context, place, plan, { observed: result.observed, dryRun: false, printEnv });
  // On a terminal a screen of ARNs would push the result off it.
  if (printEnv) {
    printer.note(
      `Role policies: ${commandLine(command, 'iam publisher')}, ${commandLine(command, 'iam subscriber NAME')}`,
    );
  } else if (printer.verbose || !printer.live) {
    for (const line of renderSetupReport(reportOf(topology, result.observed), printer.style)) {
      printer.text(line);
    }
  } else printer.note(printer.noteStyle.dim('ARNs and URLs: --verbose, or --json'));
  const [type] = Object.keys(topology.events);
  printer.note(
    `Next: ${commandLine(command, type === undefined ? 'listen all' : `publish ${type}`)}`,
  );
  return EXIT.done;
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

/** Asks where it has to be asked, makes the changes and shows how it goes. */
async function carryOut(
  command: Command,
  context: CommandContext,
  place: Place,
  plan: SetupPlan,
): Promise<SetupResult> {
  const { io, printer } = context;
  const total = pending(plan.changes).length;
  const { identity } = place;
  const foreign = takenOver(plan.changes).length;
  if ((identity.target === 'aws' || foreign > 0) && !context.yes) {
    const where =
      identity.account === undefined
        ? identity.region
        : `account ${identity.account} (${identity.region})`;
    const over = foreign > 0 ? `, taking over ${foreign} that others made,` : '';
    const question = `Make ${plural(total)}${over} in ${where}?`;
    if (!(await confirm(io, printer, question))) {
      throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
    }
  }
  const again = commandLine(command, 'setup');
  const progress = printer.progress(`Making ${plural(total)}`);
  let made = 0;
  const showWait = nameWaitLines(context, progress);
  let isWaiting = false;
  try {
    const { setUp } = await import('../../lib/topology/setup.ts');
    const result = await setUp(place, plan, {
      stop: io.interrupts.stop,
      onEvent: (event) => {
        if (event.kind === 'done') {
          made += 1;
          progress.update(`${made}/${total} ${event.change.type} ${event.change.name}`);
          return;
        }
        if (!isWaiting) sayNoWaits(context, identity);
        isWaiting = true;
        showWait(event.queues, event.secondsLeft);
      },
    });
    if (!result.interrupted) {
      progress.done(`${plural(result.made)} made, and read back.`);
      return result;
    }
    progress.clear();
    throw new AppError({
      code: 'Interrupted',
      message: `Interrupted: ${result.made} of ${plural(total)} made.`,
      hint: `Finish with: ${again}`,
      exitCode: EXIT.interrupted,
    });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'Interrupted')) {
      progress.failed(
        `${Math.min(made, total)} of ${plural(total)} made. To go on, fix the cause and run: ${again}`,
      );
    }
    throw error;
  }
}

function plural(changes: number): string {
  return changes === 1 ? '1 change' : `${changes} changes`;
}
