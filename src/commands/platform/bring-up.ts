import { topologyOf } from '../../lib/config/topology.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { PlatformStatus } from '../../lib/platform/run/status.ts';
import type { UpEvent } from '../../lib/platform/run/up.ts';
import type { CommandContext } from '../command.ts';
import { reading } from '../reading.ts';
import { openTransport } from '../transport.ts';
import { startEngineFor, targetEnvironment, targetFlags } from './engine.ts';

/** Ports of a platform that is brought up; 0 for a free one. */
export interface PlatformPorts {
  /** Of the gateway. */
  readonly port: number;
  /** Of the local engine, where none runs; its usual one unless given. */
  readonly enginePort?: number;
}

/** Sets up the topology and starts every service that doesn't run. */
export async function bringUp(
  context: CommandContext,
  { port, enginePort }: PlatformPorts,
): Promise<PlatformStatus> {
  const { io, printer, settings } = context;
  const { stateDir } = settings;
  const [{ startPlatform }, { platformStatus }, { builtProgram }] = await Promise.all([
    import('../../lib/platform/run/up.ts'),
    import('../../lib/platform/run/status.ts'),
    import('../../lib/engine/background/built-program.ts'),
  ]);
  const ownsEngine = await startEngineFor(settings, enginePort);
  await setUpTopology(context);
  const { started } = await startPlatform({
    ...{ stateDir, port, ownsEngine },
    env: { ...io.env, ...targetEnvironment(settings) },
    command: [
      process.execPath,
      builtProgram('cli.js'),
      ...['platform', 'service', ...targetFlags(settings)],
    ],
    signal: io.interrupts.stop,
    onEvent: (event) => tell(printer, event),
  });
  if (started.length === 0) printer.note('Every service runs already.');
  return platformStatus(stateDir);
}

function tell(printer: CommandContext['printer'], event: UpEvent): void {
  if (event.kind === 'databases') {
    printer.note('Making empty databases, which takes a few seconds');
  } else if (event.kind === 'ready') {
    const { name, port, pid } = event.service;
    printer.note(`${printer.noteStyle.green('✓')} ${name} at port ${port} (pid ${pid})`);
  }
}

/** The topology of the platform, under the names that the settings give it. */
export function platformTopology({ settings }: CommandContext): Promise<Topology> {
  return topologyOf({ ...settings, topology: 'platform' });
}

/** Makes topics, queues and subscriptions as they should be. */
async function setUpTopology(context: CommandContext): Promise<void> {
  const transport = await reading(context, undefined, () => openTransport(context));
  const topology = await platformTopology(context);
  const plan = await reading(context, undefined, () => transport.planSetup(topology));
  const { made } = await plan.setUp({ stop: context.io.interrupts.stop });
  if (made > 0) context.printer.note(`Made topics and queues: ${made} changes`);
}
