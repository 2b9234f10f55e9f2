import type { Command } from 'commander';
import type { ExitCode } from '../../lib/rules/errors.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { connectTo } from '../connect.ts';
import { reading } from '../reading.ts';
import { openTransport } from '../transport.ts';
import { type AdvanceClock, demonstrate } from './demonstrate.ts';
import { type DemoFlags, LANGUAGES, readDemoRequest } from './request.ts';

/** `pubsub demo` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub demo',
      'pubsub demo --step --show-aws',
      'pubsub demo --ui --step',
      'pubsub demo --topology weather',
      'pubsub demo --topology order-notifications --lang python',
      'pubsub demo --via-api',
      'pubsub demo --target rabbitmq',
      'pubsub demo --pace fast --json',
    ],
    'pubsub setup, to have it for yourself',
  )
    .option('--pace <pace>', 'normal leaves time to read, fast does not', 'normal')
    .option('--step', 'wait for Enter between the steps')
    .option('--ui', 'show it on a page in the browser as well')
    .option('--show-aws', 'show the aws commands that do the same')
    .option('--via-api', 'create the orders over HTTP, through the order API and its outbox')
    .option('--lang <language>', `of functions: ${Object.keys(LANGUAGES).join(' or ')}`)
    .option('--keep', 'leave everything in place at the end')
    .action((flags: DemoFlags) => run(command, (context) => demo(command, context, flags)));
}

async function demo(
  command: Command,
  context: CommandContext,
  flags: DemoFlags,
): Promise<ExitCode> {
  const request = await readDemoRequest(command, context, flags);
  return withTarget(context, flags.keep ?? false, (transport, advanceClock) =>
    demonstrate(command, context, transport, request, advanceClock),
  );
}

/**
 * On `local` the demo brings an engine of its own, in this process, and leaves no trace; with `--keep` it uses the one
 * in the background, which stays.
 */
async function withTarget(
  context: CommandContext,
  keep: boolean,
  body: (transport: Transport, advanceClock?: AdvanceClock) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (context.settings.target.kind !== 'local' || keep)
    return body(await reading(context, undefined, () => openTransport(context)));
  const [{ startEngine }, { awsTransport }] = await Promise.all([
    import('../../lib/engine/http/server.ts'),
    import('../../lib/transport/aws-transport.ts'),
  ]);
  const engine = await startEngine();
  try {
    const { clockOf } = await import('../../lib/engine/control/clock-control.ts');
    const clock = clockOf(engine.engine);
    const advance: AdvanceClock = (seconds) => clock.advance(seconds * 1000);
    return await body(awsTransport(await connectTo(context, engine.endpoint)), advance);
  } finally {
    await engine.stop();
  }
}
