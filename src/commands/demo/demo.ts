import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { standardTopology } from '../../lib/config/topology.ts';
import type { Pace } from '../../lib/demo/demo.ts';
import { EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { renderDemoEvent, renderDemoResult } from '../../lib/ui/demo.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { addExamples, type CommandContext, globalFlags, type Runner } from '../command.ts';
import { type Connection, connect, connectTo } from '../connect.ts';
import { startDemoApi } from './api.ts';

const PACES: readonly Pace[] = ['normal', 'fast'];

interface DemoFlags {
  readonly pace: string;
  readonly keep?: boolean;
  readonly viaApi?: boolean;
}

/** `pubsub demo` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub demo',
      'pubsub demo --pace fast',
      'pubsub demo --via-api',
      'pubsub demo --target aws',
      'pubsub demo --json',
    ],
    'pubsub setup, to have it for yourself',
  )
    .option('--pace <pace>', 'normal leaves time to read, fast does not', 'normal')
    .option('--via-api', 'create the orders over HTTP, through the order API and its outbox')
    .option('--keep', 'leave everything in place at the end')
    .action((flags: DemoFlags) =>
      run(command, async (context) => {
        const pace = PACES.find((known) => known === flags.pace);
        if (!pace) {
          throw usageError(
            `Unknown pace "${flags.pace}".`,
            `Use --pace ${PACES.join(' or --pace ')}.`,
          );
        }
        const prefix = demoPrefix(context, globalFlags(command).prefix);
        const topology = await standardTopology(context.settings, 'demo', prefix);
        const keep = flags.keep ?? false;
        return withTarget(context, keep, async (connection) => {
          const place = { ...connection, topology };
          const viaApi = flags.viaApi ?? false;
          return demonstrate(context, { place, pace, keep, prefix, viaApi });
        });
      }),
    );
}

/** Names of its own: what the user asked for, else a fresh one, so that nobody's resources are met. */
function demoPrefix({ settings }: CommandContext, flag: string | undefined): string {
  if (flag) return flag;
  const fresh = `demo-${randomBytes(2).toString('hex')}`;
  return settings.prefix ? `${settings.prefix}-${fresh}` : fresh;
}

/**
 * On `local` the demo brings an engine of its own, in this process, and leaves no trace; with `--keep` it uses the one
 * in the background, which stays.
 */
async function withTarget(
  context: CommandContext,
  keep: boolean,
  body: (connection: Connection) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (context.settings.target.kind !== 'local' || keep) return body(await connect(context));
  const { startEngine } = await import('../../lib/engine/http/server.ts');
  const engine = await startEngine();
  try {
    return await body(await connectTo(context, engine.endpoint));
  } finally {
    await engine.stop();
  }
}

async function demonstrate(
  context: CommandContext,
  demo: {
    readonly place: Parameters<typeof import('../../lib/demo/demo.ts').runDemo>[0]['place'];
    readonly pace: Pace;
    readonly keep: boolean;
    readonly prefix: string;
    readonly viaApi: boolean;
  },
): Promise<ExitCode> {
  const { io, printer } = context;
  const { identity } = demo.place;
  if (identity.target === 'aws' && !context.yes) {
    const question = `Create and remove demo resources in account ${identity.account}, ${identity.region}?`;
    if (!(await confirm(io, printer, question))) {
      printer.note('Nothing was created.');
      return EXIT.done;
    }
  }
  const { runDemo } = await import('../../lib/demo/demo.ts');
  const result = await runDemo({
    place: demo.place,
    pace: demo.pace,
    keep: demo.keep,
    stop: io.interrupts.stop,
    ...(demo.viaApi && {
      startApi: (topicArn) => startDemoApi(demo.place.aws, topicArn),
    }),
    onEvent: (event) => {
      for (const line of renderDemoEvent(event, printer.style)) printer.text(line);
    },
  });
  printer.document(result);
  for (const line of renderDemoResult(result, printer.style)) printer.text(line);
  if (demo.keep) printer.note(`Kept. Remove it with: pubsub cleanup --prefix ${demo.prefix}`);
  else if (result.ok) printer.note(`Next: pubsub setup${demo.viaApi ? ', then pubsub serve' : ''}`);
  return result.ok ? EXIT.done : EXIT.failed;
}
