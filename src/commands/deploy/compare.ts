import type { Command } from 'commander';
import type { ComparedParts } from '../../lib/compare/compare-styles.ts';
import type { Comparison } from '../../lib/compare/comparison.ts';
import { findTopology, refuseUnknown } from '../../lib/config/topology.ts';
import { STYLES } from '../../lib/definition/styles.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { Deployment } from '../../lib/deploy/template.ts';
import { EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import { parseCount } from '../../lib/rules/text/quantity.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { deployedWith } from '../cost/deployed-with.ts';
import { COST_DEFAULTS, MAX_EVENTS, readCostRequest } from '../cost/request.ts';
import { measureStyles } from './compare-measure.ts';

interface CompareFlags {
  readonly orders: string;
  readonly events: string;
  readonly computed?: boolean;
}

interface CompareRequest {
  readonly orders: number;
  readonly events: number;
  readonly measures: boolean;
}

const MAX_ORDERS = 100_000;
/** One alone, and some beside each other. */
const MIN_ORDERS = 10;

/** `pubsub deploy compare`: the styles beside each other, computed for AWS and measured on the local engine. */
export function defineCompare(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub deploy compare',
      'pubsub deploy compare --orders 200 --events 10M',
      'pubsub deploy compare --computed --verbose',
      'pubsub deploy compare --json > comparison.json',
    ],
    'pubsub ui, which shows the last comparison under Charts',
  )
    .option('--orders <n>', 'orders (or events) to measure each style with', '1000')
    .option('--events <n>', 'events a month to compute the cost of', '1M')
    .option('-n, --computed', 'only what can be computed: deploy nothing')
    .addHelpText(
      'after',
      'Each style is deployed on an engine of its own, which goes afterwards: what you\nhave deployed is not touched. Your handlers run, with sample orders.\n',
    )
    .action((flags: CompareFlags) => run(command, (context) => compare(command, context, flags)));
}

function readRequest({ orders, events, computed = false }: CompareFlags): CompareRequest {
  const count = parseCount('--orders', orders, MAX_ORDERS);
  if (count < MIN_ORDERS) {
    throw usageError(`--orders must be ${MIN_ORDERS} at least: fewer say nothing of a style.`);
  }
  return {
    orders: count,
    events: parseCount('--events', events, MAX_EVENTS),
    measures: !computed,
  };
}

async function compare(
  command: Command,
  context: CommandContext,
  flags: CompareFlags,
): Promise<ExitCode> {
  const { settings } = context;
  const request = readRequest(flags);
  if (request.measures) assertMeasurable(command, context);
  const topology = (await findTopology(settings)) ?? refuseUnknown(settings);
  const { deployments, notCompared } = await stylesOf(topology);
  const costAt = await costOf(topology, request.events);
  const styles = deployments.map(({ style }) => style);
  const measurement = request.measures
    ? await measureStyles(command, context, topology, styles, request.orders)
    : undefined;
  const { compareStyles } = await import('../../lib/compare/compare-styles.ts');
  const { events } = request;
  const parts = { topology, deployments, events, costAt, measurement, notCompared };
  const comparison = compareStyles({ ...parts, time: Date.now() });
  if (measurement !== undefined) await keep(context, comparison);
  await print(context, comparison);
  return comparison.ok ? EXIT.done : EXIT.failed;
}

async function print({ printer }: CommandContext, comparison: Comparison): Promise<void> {
  const { renderComparedStyles } = await import('../../lib/ui/comparison.ts');
  const options = { columns: printer.columns, all: printer.verbose };
  printer.document(comparison);
  for (const line of renderComparedStyles(comparison, printer.style, options)) printer.text(line);
  const { machine } = comparison;
  if (machine !== null && machine.load !== null && machine.load > machine.cpus) {
    printer.warn(
      `The machine was busy (load ${machine.load.toFixed(1)} on ${machine.cpus} processors): on an idle one, what is measured is quicker.`,
    );
  }
  if (!printer.verbose) printer.note('How each scales, starts and is controlled: --verbose');
}

/** Keeps a comparison for the page, which is no reason to fail. */
async function keep({ printer, settings }: CommandContext, comparison: Comparison): Promise<void> {
  const { keepComparison } = await import('../../lib/compare/last-comparison.ts');
  try {
    keepComparison(settings.stateDir, comparison);
  } catch (error) {
    printer.warn(
      `The page can't show this: ${settings.stateDir} can't be written to: ${fileProblem(error)}.`,
    );
  }
}

/** @throws AppError `NotMeasurable` (exit 2) where the target isn't the local engine. */
function assertMeasurable(command: Command, { settings }: CommandContext): void {
  const { kind } = settings.target;
  if (kind === 'local') return;
  const where = kind === 'aws' ? 'On AWS' : 'At another endpoint';
  throw usageError(
    `${where} nothing is measured: styles are deployed and loaded on the local engine alone.`,
    `What can be computed: ${commandLine(command, 'deploy compare --computed')}`,
    'NotMeasurable',
  );
}

/** Each style that differs from those before it, as it is for AWS; and why the others are left out. */
async function stylesOf(
  topology: Topology,
): Promise<{ readonly deployments: readonly Deployment[]; readonly notCompared: string[] }> {
  const { deploymentOf } = await import('../../lib/deploy/template.ts');
  const deployments: Deployment[] = [];
  const notCompared: string[] = [];
  for (const style of STYLES) {
    const deployment = deploymentOf(topology, style);
    const made = resourcesText(deployment);
    const same = deployments.find((each) => resourcesText(each) === made);
    if (same === undefined) deployments.push(deployment);
    else {
      notCompared.push(
        `${style} is not compared: of ${topology.name} it makes what ${same.style} makes.`,
      );
    }
  }
  const [{ unhandled = [] } = {}] = deployments;
  if (unhandled.length > 0) {
    notCompared.push(
      `Handling is not compared for ${unhandled.join(', ')}: the file has no handler.`,
    );
  }
  return { deployments, notCompared };
}

function resourcesText({ template }: Deployment): string {
  return JSON.stringify(template.Resources);
}

/** Computes what a month costs as `pubsub cost` does without flags. @param events that samples are counted for. */
async function costOf(topology: Topology, events: number): Promise<ComparedParts['costAt']> {
  const [{ workloadOf, scaleWorkload }, { estimateCost }] = await Promise.all([
    import('../../lib/cost/workload.ts'),
    import('../../lib/cost/estimate.ts'),
  ]);
  const request = readCostRequest(COST_DEFAULTS);
  const workload = workloadOf({ ...request, topology, events, shares: new Map() });
  const options = { ...request, ...(await deployedWith(topology)) };
  return (style, asked) =>
    estimateCost(scaleWorkload(workload, asked / events), topology, style, options).dollars;
}
