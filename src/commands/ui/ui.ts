import { once } from 'node:events';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { connect } from '../connect.ts';
import { parsePort } from '../port-flag.ts';
import { reading } from '../reading.ts';
import { topologyOnTarget } from '../topology.ts';
import { openInBrowser } from './browser.ts';
import { serve } from './serve.ts';

interface UiFlags {
  readonly port?: string;
  readonly open?: boolean;
  readonly allowWrites?: boolean;
}

/** `pubsub ui` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub ui',
      'pubsub ui --port 8080 --no-open',
      'pubsub ui --target aws',
      'pubsub ui --target aws --allow-writes',
    ],
    'pubsub publish <event-type> in another terminal, and watch it go',
  )
    .option('--port <n>', 'port; 0, the default, picks a free one')
    .option('--no-open', 'open no browser')
    .option('--allow-writes', 'on aws: let the page publish, redrive, delete and fix')
    .addHelpText(
      'after',
      'It listens on 127.0.0.1. Who has the address can do what the page can: keep it\nto yourself. Ctrl-C ends it.\n',
    )
    .action((flags: UiFlags) => run(command, (context) => ui(command, context, flags)));
}

async function ui(command: Command, context: CommandContext, flags: UiFlags): Promise<ExitCode> {
  const { io, printer } = context;
  const port = flags.port === undefined ? 0 : parsePort(flags.port, 'Such as --port 8080');
  const connection = await reading(context, undefined, () => connect(context));
  // A topology that can't be read is said at once, and not by the page.
  const known = await topologyOnTarget(context);
  const page = await serve(command, context, connection, {
    port,
    allowWrites: flags.allowWrites ?? false,
    topology: () => topologyOnTarget(context),
    known,
  });
  try {
    printer.record({ url: page.url, pid: process.pid, port: page.port });
    printer.text(page.url);
    if (flags.open !== false && printer.interactive) await openInBrowser(page.url, context);
    printer.note(printer.noteStyle.dim('Ctrl-C ends it.'));
    if (!io.interrupts.stop.aborted) await once(io.interrupts.stop, 'abort');
  } finally {
    await page.stop();
  }
  return isOutputLost(io) ? EXIT.failed : EXIT.done;
}
