import { type Command, Option } from 'commander';
import { notOnRabbitMq } from '../../lib/config/broker.ts';
import { AppError, EXIT, usageError } from '../../lib/rules/errors.ts';
import { ENVIRONMENT_FORMATS, type EnvironmentFormat } from '../../lib/topology/environment.ts';
import { takenOver, untouchable } from '../../lib/topology/ownership.ts';
import { pending } from '../../lib/topology/plan.ts';
import type { Transport, TransportPlan, TransportSetup } from '../../lib/transport/transport.ts';
import { renderChanges, summarizeChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { renderSetupReport } from '../../lib/ui/setup-report.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { nameWaitLines, sayNoWaits } from '../name-wait.ts';
import { reading } from '../reading.ts';
import { sweepLeftovers } from '../sweep.ts';
import { topologyFor } from '../topology.ts';
import { openTransport } from '../transport.ts';
import { showAwsRemarks } from './aws-remarks.ts';
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
  if (printEnv && context.settings.target.kind === 'rabbitmq') {
    throw notOnRabbitMq(
      'Programs need RABBITMQ_URL, and the names of the exchange and the queues.',
    );
  }
  const transport = await reading(context, undefined, () => openTransport(context));
  const plan = await reading(context, 'Reading what is there', () => transport.planSetup(topology));
  const open = pending(plan.changes);
  const print = ({ report }: Pick<TransportSetup, 'report'>, dryRun: boolean): void =>
    printDocument(context, topology, transport, { plan, report, dryRun, printEnv });
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
  for (const { type, name } of plan.others) {
    printer.warn(
      `The ${type} ${name} was made by somebody else: setup uses it as it is, and cleanup leaves it.`,
    );
  }
  if (transport.aws && plan.observed) {
    const { changes, observed } = plan;
    await showAwsRemarks(command, context, { ...transport.aws, topology }, { changes, observed });
  } else if (topology.functions.length + topology.tables.length > 0) {
    printer.note(
      "Functions and tables are AWS's: on RabbitMQ setup makes exchanges and queues alone.",
    );
  }
  if (options.dryRun || !topology.managed) {
    const why = topology.managed ? 'Dry run' : 'The topology says "managed: false"';
    say(`${why}: ${summarizeChanges(plan.changes)}. Nothing was changed.`);
    print(plan, true);
    return options.exitCode && open.length > 0 ? EXIT.drift : EXIT.done;
  }
  const result = open.length > 0 ? await carryOut(command, context, transport, plan) : plan;
  if (open.length === 0)
    printer.note(
      `Nothing to change: ${plan.changes.length} of ${plan.changes.length} are as they should be.`,
    );
  if (transport.aws) await sweepLeftovers(context, { ...transport.aws, topology });
  say('');
  print(result, false);
  // On a terminal a screen of ARNs would push the result off it.
  if (printEnv) {
    printer.note(
      `Role policies: ${commandLine(command, 'iam publisher')}, ${commandLine(command, 'iam subscriber NAME')}`,
    );
  } else if (printer.verbose || !printer.live) {
    for (const line of renderSetupReport(result.report, printer.style)) {
      printer.text(line);
    }
  } else printer.note(printer.noteStyle.dim('ARNs and URLs: --verbose, or --json'));
  const [type] = Object.keys(topology.events);
  printer.note(
    `Next: ${commandLine(command, type === undefined ? 'listen all' : `publish ${type}`)}`,
  );
  return EXIT.done;
}

/** Asks where it has to be asked, makes the changes and shows how it goes. */
async function carryOut(
  command: Command,
  context: CommandContext,
  { identity }: Transport,
  plan: TransportPlan,
): Promise<TransportSetup> {
  const { io, printer } = context;
  const total = pending(plan.changes).length;
  const foreign = takenOver(plan.changes).length;
  if ((identity.target === 'aws' || foreign > 0) && !context.yes) {
    const where =
      identity.account === undefined
        ? (identity.region ?? identity.endpoint)
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
    const result = await plan.setUp({
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
