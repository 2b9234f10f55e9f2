import type { Command } from 'commander';
import { withoutPassword } from '../../lib/config/broker.ts';
import type { DemoOptions } from '../../lib/demo/demo.ts';
import type { DemoResult } from '../../lib/demo/demo-event.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { renderDemoEvent, renderDemoResult } from '../../lib/ui/demo.ts';
import { confirm, waitForEnter } from '../../lib/ui/prompts.ts';
import { type CommandContext, globalFlags } from '../command.ts';
import { commandLine, pubsubCommand } from '../command-line.ts';
import { startDemoApi } from './api.ts';
import { openDemoPage } from './page.ts';
import type { DemoRequest } from './request.ts';
import { reactionOf } from './scenario.ts';
import { showCalls } from './show-calls.ts';

/** Lets time go by at once, on an engine of the demo's own. */
export type AdvanceClock = NonNullable<DemoOptions['advanceClock']>;

/** Runs a demo and prints what happens, on a page in the browser as well where that was asked for. */
export async function demonstrate(
  command: Command,
  context: CommandContext,
  transport: Transport,
  request: DemoRequest,
  advanceClock?: AdvanceClock,
): Promise<ExitCode> {
  const { topology, scenario, flags, pace } = request;
  const { io, printer, settings } = context;
  const { identity, aws: connection } = transport;
  const view = { topology, style: printer.style, onRabbitMq: connection === undefined };
  if (identity.target === 'aws' && !context.yes) {
    const question = `Create and remove demo resources in account ${identity.account}, ${identity.region}?`;
    if (!(await confirm(io, printer, question))) {
      printer.note('Nothing was created.');
      return EXIT.done;
    }
  }
  if (flags.showAws && connection) await showCalls(context, connection, topology);
  const { keep = false, viaApi = false, step = false } = flags;
  const page =
    flags.ui && connection ? await openDemoPage(command, context, connection, topology) : undefined;
  const nextStep = (): Promise<void> => {
    page?.waits();
    return waitForEnter(io);
  };
  const options: DemoOptions = {
    transport,
    topology,
    scenario,
    // Whoever presses Enter has read.
    pace: step ? 'fast' : pace,
    keep,
    stop: io.interrupts.stop,
    reactionOf: (subscriber) => reactionOf(topology, subscriber),
    ...(advanceClock && { advanceClock }),
    ...(step && { betweenSteps: nextStep }),
    ...(viaApi && connection && { startApi: (topicArn) => startDemoApi(connection.aws, topicArn) }),
    onEvent: (event) => {
      page?.tell(event);
      for (const line of renderDemoEvent(event, view)) printer.text(line);
    },
  };
  const { runDemo } = await import('../../lib/demo/demo.ts');
  let result: DemoResult;
  try {
    // The browser takes its time, and so does who looks at the page at the end.
    if (page && printer.interactive) {
      page.waits('The demo begins');
      await waitForEnter(io, 'Enter to begin');
    }
    result = await runDemo(options, settings.stateDir);
    printer.document(result);
    for (const line of renderDemoResult(result, view)) printer.text(line);
    // Ctrl-C closes it as well: the demo itself is over.
    if (page && printer.interactive) {
      await waitForEnter(io, 'Enter to close the page').catch(() => undefined);
    }
  } finally {
    await page?.close();
  }
  tellNext(command, context, request, result.ok, connection === undefined);
  return result.ok ? EXIT.done : EXIT.failed;
}

/** How what is kept is removed, or what to do after a demo that went well. */
function tellNext(
  command: Command,
  { io, printer }: CommandContext,
  { flags: { keep, viaApi }, prefix }: DemoRequest,
  ok: boolean,
  onRabbitMq: boolean,
): void {
  const { topology: named, target, prefix: given } = globalFlags(command);
  if (keep) {
    const words = given ? 'cleanup' : `cleanup --prefix ${shellWord(prefix)}`;
    printer.note(`Kept. Remove it with: ${commandLine(command, words)}`);
  } else if (ok) {
    const pubsub = pubsubCommand(io);
    const of = named === undefined ? '' : ` --topology ${named}`;
    const at =
      !onRabbitMq || target === undefined ? '' : ` --target ${shellWord(withoutPassword(target))}`;
    printer.note(`Next: ${pubsub} setup${of}${at}${viaApi ? `, then ${pubsub} serve` : ''}`);
  }
}
