import type { Command } from 'commander';
import type { UpEvent } from '../../lib/platform/run/up.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { TransportPlan } from '../../lib/transport/transport.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { parsePort } from '../port-flag.ts';
import { openTransport } from '../transport.ts';
import { startEngineFor, targetEnvironment, targetFlags } from './engine.ts';

/** The gateway's port unless told otherwise. */
const DEFAULT_PORT = 8080;

/** `pubsub platform up` */
export function defineUp(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform up', 'pubsub platform up --port 0', 'pubsub platform up --target rabbitmq'],
    'pubsub platform status',
  )
    .option('--port <n>', 'port of the gateway; 0 picks a free one', String(DEFAULT_PORT))
    .action((flags: { port: string }) =>
      run(command, async (context) => {
        const status = await bringUp(
          context,
          parsePort(flags.port, 'pubsub platform up --port 0 picks a free one.'),
        );
        const { printer } = context;
        printer.document(status);
        const { url, services } = status;
        printer.text(`Running: ${services.length} services${url ? `, the gateway at ${url}` : ''}`);
        printer.note('Next: pubsub platform status   or   pubsub platform logs --follow');
        return EXIT.done as ExitCode;
      }),
    );
}

/** Sets up the topology and starts every service that doesn't run. @param port of the gateway; 0 for a free one */
export async function bringUp(context: CommandContext, port: number) {
  const { io, printer, settings } = context;
  const { stateDir } = settings;
  const [{ startPlatform }, { platformStatus }, { builtProgram }] = await Promise.all([
    import('../../lib/platform/run/up.ts'),
    import('../../lib/platform/run/status.ts'),
    import('../../lib/engine/background/built-program.ts'),
  ]);
  const ownsEngine = await startEngineFor(settings);
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

/** Makes topics, queues and subscriptions of the topology `platform` as they should be. */
async function setUpTopology(context: CommandContext): Promise<void> {
  const { topologyOf } = await import('../../lib/config/topology.ts');
  const topology = await topologyOf({ ...context.settings, topology: 'platform' });
  const transport = await openTransport(context);
  const plan: TransportPlan = await transport.planSetup(topology);
  const { made } = await plan.setUp({ stop: context.io.interrupts.stop });
  context.printer.note(
    made === 0
      ? 'Topics and queues are as they should be'
      : `Made topics and queues: ${made} changes`,
  );
}
