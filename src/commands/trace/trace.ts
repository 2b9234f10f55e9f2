import type { Command } from 'commander';
import type { TraceResult } from '../../lib/diagnose/trace/trace.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { renderTrace, traceDocument } from '../../lib/ui/trace.ts';
import { renderWaterfall } from '../../lib/ui/waterfall.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { addResourceOptions, type ResourceFlags, topologyOnTarget } from '../topology.ts';

/** `pubsub trace <id>`: one message's way, from the topic through every queue. */
export function define(command: Command, run: Runner): void {
  const traced = addExamples(
    command,
    ['pubsub trace 6f1c2f5e-0f0e-4c43-9a1e-7d0b7f6f2a11', 'pubsub trace 6f1c2f5e --json'],
    'pubsub explain <event-type>   or   pubsub doctor',
  )
    .argument('<id>', 'of event, message, invocation (or its beginning), or trace')
    .addHelpText(
      'after',
      'The local engine keeps what happened to each message. AWS does not: there,\n' +
        'trace looks in the dead-letter queues, and at what failed on this machine.\n' +
        'Exit code 1 when nothing is known of it.\n',
    );
  addResourceOptions(traced).action((id: string, flags: ResourceFlags) =>
    run(command, (context) => trace(command, context, id, flags)),
  );
}

async function trace(
  command: Command,
  context: CommandContext,
  id: string,
  flags: ResourceFlags,
): Promise<ExitCode> {
  const { io, printer, settings } = context;
  const topology = await topologyOnTarget(context, flags);
  const connection = await reading(context, undefined, () => connect(context));
  const { readTrace } = await import('../../lib/diagnose/trace/read-trace.ts');
  const found = await reading(context, 'Looking for the message', () =>
    readTrace({
      place: { ...connection, topology },
      id,
      stateDir: settings.stateDir,
      signal: io.interrupts.stop,
    }),
  );
  printer.document({ ...targetDocument(connection.identity), id, ...traceDocument(found) });
  found.messages.forEach((message, index) => {
    if (index > 0) printer.text('');
    for (const line of renderTrace(message, printer)) printer.text(line);
  });
  for (const waterfall of found.traces) {
    for (const line of ['', ...renderWaterfall(waterfall, printer)]) printer.text(line);
  }
  if (found.messages.length + found.traces.length > 0) {
    for (const remark of found.remarks) printer.note(printer.noteStyle.dim(remark));
    return EXIT.done;
  }
  tellNothing(command, context, id, found);
  return EXIT.failed;
}

function tellNothing(
  command: Command,
  { printer }: CommandContext,
  id: string,
  { remarks }: TraceResult,
): void {
  printer.text(`Nothing is known of ${shownText(id)}.`);
  for (const remark of remarks) printer.note(remark);
  printer.note(`Watch what comes from now on: ${commandLine(command, 'tap')}`);
}
