import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Command } from 'commander';
import type { Measurement } from '../../lib/compare/compare-styles.ts';
import type { Machine } from '../../lib/compare/comparison.ts';
import type { MeasuredStyle } from '../../lib/compare/measure-style.ts';
import type { Style } from '../../lib/definition/styles.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { hasOrderApi } from '../../lib/deploy/order-api.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import { grouped } from '../../lib/ui/numbers.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { sweepComparisons, withOwnEngine } from './compare-engine.ts';
import { projectFolder } from './prepare.ts';

const MIB = 2 ** 20;

/** The machine as it is before something is measured on it. */
function machineNow(): Machine {
  const [load] = loadavg();
  return {
    cpus: cpus().length,
    memoryMb: Math.round(totalmem() / MIB),
    // Windows has no such number, and Node says 0.
    load: load === undefined || process.platform === 'win32' ? null : load,
    node: process.versions.node,
    system: `${type()} ${release()}`,
  };
}

/**
 * Measures one style after the other, and says so.
 * @throws AppError where one can't be deployed, or a topic is somebody else's (exit 2); `Interrupted` (exit 130).
 */
export async function measureStyles(
  command: Command,
  context: CommandContext,
  topology: Topology,
  styles: readonly Style[],
  orders: number,
): Promise<Measurement> {
  assertManaged(topology, 'deploy');
  assertOwnTopics(command, topology);
  await sweepComparisons(context);
  const machine = machineNow();
  const measured = new Map<Style, MeasuredStyle>();
  for (const style of styles) {
    measured.set(style, await measureOne(context, topology, style, orders));
  }
  const { ORDERS_AT_ONCE } = await import('../../lib/compare/measure-style.ts');
  const through = hasOrderApi(topology) ? 'order-api' : 'topic';
  return { styles: measured, machine, load: { orders, atOnce: ORDERS_AT_ONCE, through } };
}

/** @throws AppError (exit 2) for a topic that a stack doesn't make: the engine of the comparison has none such. */
function assertOwnTopics(command: Command, { topics }: Topology): void {
  const others = topics.find(({ arn }) => arn !== undefined);
  if (others === undefined) return;
  throw usageError(
    `The topic ${others.key} is made elsewhere (${others.arn}), so that nothing can be measured with it.`,
    `What can be computed: ${commandLine(command, 'deploy compare --computed')}`,
    'NotMeasurable',
  );
}

async function measureOne(
  context: CommandContext,
  topology: Topology,
  style: Style,
  orders: number,
): Promise<MeasuredStyle> {
  const { io, printer, settings } = context;
  const [{ measureStyle }, { deploymentOf }] = await Promise.all([
    import('../../lib/compare/measure-style.ts'),
    import('../../lib/deploy/template.ts'),
  ]);
  const deployment = deploymentOf(topology, style, { folder: projectFolder(context) });
  const what = hasOrderApi(topology) ? 'orders' : 'events';
  let progress = printer.progress(`${style}: deploying`);
  try {
    const measured = await withOwnEngine(settings, style, (engine) =>
      measureStyle({
        ...{ engine, deployment, orders, stop: io.interrupts.stop },
        onDeployed: (seconds) => {
          progress.done(`${style}: deployed in ${seconds.toFixed(1)} s`);
          progress = printer.progress(`${style}: ${what}`);
        },
        onProgress: (accepted, handled) =>
          progress.update(
            `${style}: ${grouped(accepted)} of ${grouped(orders)} ${what}, ${grouped(handled)} messages handled`,
          ),
      }),
    );
    const { accepted, handled } = measured.orders;
    progress.done(`${style}: ${grouped(accepted)} ${what}, ${grouped(handled)} messages handled`);
    return measured;
  } catch (error) {
    progress.clear();
    throw error;
  }
}
