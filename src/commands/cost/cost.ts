import type { Command } from 'commander';
import { findTopology, refuseUnknown } from '../../lib/config/topology.ts';
import { MAX_SUBSCRIBER_TASKS } from '../../lib/definition/styles.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { PRICE_REGION } from '../../lib/rules/prices.ts';
import { addExamples, type CommandContext, collect, type Runner } from '../command.ts';
import { deployedWith } from './deployed-with.ts';
import {
  COMPARED_STYLES,
  COST_DEFAULTS,
  type CostFlags,
  type CostRequest,
  readCostRequest,
  readShares,
} from './request.ts';

/** `pubsub cost`: what a topology costs on AWS. Calls nobody. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub cost --events 10M',
      'pubsub cost --events 10M --style serverless --payload 4KB --batch 10',
      'pubsub cost --events 1e6 --style all',
      'pubsub cost --events 250_000 --topology weather --share storm-warning=5%',
    ],
    'pubsub bench, which measures requests in place of computing them',
  )
    .option('--events <n>', 'events a month: 10M, 1e6, 10_000', COST_DEFAULTS.events)
    .option('--style <style>', 'with API and subscribers: ecs, hybrid, serverless or all')
    .option('--payload <size>', 'of an event, such as 4KB (default: as the samples)')
    .option('--batch <n>', 'messages of a batch (default: as they come)')
    .option('--ms <n>', 'milliseconds of work for a message or request', COST_DEFAULTS.ms)
    .option('--memory <mb>', 'of each function (default: as in the file, or 256)')
    .option('--tasks <n>', 'containers of each service at the least', COST_DEFAULTS.tasks)
    .option('--database <kind>', 'of orders: dynamodb, postgres or rds, with --style')
    .option('--architecture <name>', 'x86_64 or arm64', COST_DEFAULTS.architecture)
    .option('--share <name=share>', 'what a filter lets through, such as 20%; repeatable', collect)
    .addHelpText(
      'after',
      'On-demand prices; the free tier is apart. docs/cost.md has every assumption.\n',
    )
    .action((flags: CostFlags) => run(command, (context) => cost(context, flags)));
}

async function cost(context: CommandContext, flags: CostFlags): Promise<undefined> {
  const { printer, settings } = context;
  const [{ workloadOf }, { estimateCost }] = await Promise.all([
    import('../../lib/cost/workload.ts'),
    import('../../lib/cost/estimate.ts'),
  ]);
  const request = readCostRequest(flags);
  await refuseDatabase(request);
  const topology = (await findTopology(settings)) ?? refuseUnknown(settings);
  const shares = readShares(topology, flags.share);
  const workload = workloadOf({ ...request, topology, shares });
  const deployed = await deployedWith(topology);
  const options = { ...request, ...deployed };
  const styles = request.style === 'all' ? COMPARED_STYLES : [request.style];
  const estimates = styles.map((style) => estimateCost(workload, topology, style, options));
  const full =
    request.batch === undefined
      ? styles.map((style) => estimateCost(workload, topology, style, { ...options, batch: 10 }))
      : undefined;
  const { costDocument, renderCost } = await import('../../lib/ui/cost.ts');
  const { hasOrderApi } = deployed;
  const report = { topology, request, workload, hasOrderApi, estimates, full };
  printer.document(costDocument(report));
  for (const line of renderCost(report, printer.style, printer.columns)) printer.text(line);
  warn(context, workload.unjudged);
  for (const { name, needed } of estimates.flatMap(({ behind }) => behind)) {
    printer.warn(
      `${name} has ${MAX_SUBSCRIBER_TASKS} tasks at the most, and work for ${needed}: its messages would wait longer and longer. Priced with more: --tasks ${needed}`,
    );
  }
  return undefined;
}

function warn({ printer, settings }: CommandContext, unjudged: readonly string[]): void {
  const [first] = unjudged;
  if (first !== undefined) {
    printer.warn(
      `The file has no event types to try the filters of ${unjudged.join(', ')} on: counted as letting everything through. Say what they let through: --share ${first}=20%`,
    );
  }
  if (settings.region !== undefined && settings.region !== PRICE_REGION) {
    printer.warn(`Prices are those of ${PRICE_REGION}; ${settings.region} has its own.`);
  }
}

/** @throws AppError (exit 2) for a database without a style, or that the style can't have. */
async function refuseDatabase({ style, database }: CostRequest): Promise<void> {
  if (database === undefined) return;
  if (style === undefined) {
    throw usageError('--database belongs to --style.', 'Such as: --style ecs --database rds');
  }
  if (style === 'all') return;
  const { assertDatabase } = await import('../../lib/deploy/database.ts');
  assertDatabase(style, database);
}
