import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import {
  CONSUMER_DEFAULTS,
  type Consumed,
  type ConsumeSummary,
} from '../../lib/consume/consumed.ts';
import { shownLines } from '../../lib/consume/handlers/topology-handler.ts';
import type { SubscriberSpec } from '../../lib/definition/topology.ts';
import { keepMemorySteady } from '../../lib/process/steady-memory.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { consumedRecord, labelled, renderConsumed, renderSummary } from '../../lib/ui/listen.ts';
import type { Printer } from '../../lib/ui/printer.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { topologyFor } from '../topology.ts';
import { createHandler } from './handler.ts';
import {
  type ListenFlags,
  type ListenRequest,
  MAX_CONCURRENCY,
  readListenRequest,
} from './request.ts';
import { TroubleReport } from './trouble.ts';

/** `pubsub listen <subscriber>` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub listen email',
      'pubsub listen all --json',
      'pubsub listen analytics --max 10 --idle-timeout 30',
      "pubsub listen inventory --exec 'python3 reserve.py' --concurrency 4",
      'pubsub listen email --handler mail.mjs --timeout 30 --retry-delay 5',
    ],
    'pubsub publish order.created, in another terminal',
  )
    .argument('[subscriber]', 'email, inventory, analytics, or all')
    .option('--max <n>', 'end after n messages (of each subscriber)')
    .option('--idle-timeout <seconds>', 'end when nothing came for so long')
    .option(
      '--concurrency <n>',
      `events handled at once, 1 to ${MAX_CONCURRENCY} (default: ${CONSUMER_DEFAULTS.concurrency})`,
    )
    .option('--timeout <seconds>', 'stop a handler after so long: its event failed')
    .option('--retry-delay <seconds>', 'a failed event comes again after it, later each time')
    .option('--dedupe-store <file>', 'remember handled events across restarts')
    .option('--exec <command>', 'run a program for each event; exit 0 deletes it')
    .option('--exec-mode <mode>', 'stream or batch: one process, fed with JSON lines')
    .option('--shell', 'give --exec to sh')
    .option('--handler <file>', 'module with a default export (event, facts) => …')
    .action((subscriber: string | undefined, flags: ListenFlags) =>
      run(command, (context) => listen(command, context, subscriber, flags)),
    );
}

async function listen(
  command: Command,
  context: CommandContext,
  subscriber: string | undefined,
  flags: ListenFlags,
): Promise<ExitCode> {
  keepMemorySteady();
  const { io, printer, settings } = context;
  const topology = await topologyFor(context);
  const request = await readListenRequest(context, topology, subscriber, flags);
  const handledEvents = await openStore(request);
  const { aws } = await connect(context);
  const queues = await findQueues(command, aws, request.subscribers);
  const { consume } = await import('../../lib/consume/consumer.ts');
  const trouble = new TroubleReport(printer);
  const { max, idleTimeout, concurrency, timeout, retryDelay } = request;
  const failures = new FailureReport(command, printer);
  const { failureOf, keepReason } = await import('../../lib/consume/failure-reasons.ts');
  const runs = queues.map(async ({ name, queue, url }) => {
    const handler = await createHandler(context, request, name);
    const summary = await consume({
      aws,
      queueUrl: url,
      subscriber: name,
      signal: io.interrupts.stop,
      handler: (event, about) => handler.handle(event, about),
      onMessage: (message) => {
        const failure = failureOf(queue, message);
        if (failure) keepReason(settings.stateDir, failure);
        show(context, message);
      },
      onProblem: (problem) => trouble.tell(problem),
      ...(max === undefined ? {} : { max }),
      ...(idleTimeout === undefined ? {} : { idleTimeout }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(retryDelay === undefined ? {} : { retryDelay }),
      ...(handledEvents === undefined ? {} : { handledEvents }),
    });
    await handler.close();
    failures.tell(summary);
    return summary;
  });
  for (const { name, queue } of queues) {
    printer.note(labelled(name, `listening on ${queue}`, printer.noteStyle));
  }
  printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
  const stopping = (): void => printer.note('Stopping: finishing what is in hand.');
  io.interrupts.stop.addEventListener('abort', stopping, { once: true });
  const summaries = await Promise.all(runs);
  io.interrupts.stop.removeEventListener('abort', stopping);
  handledEvents?.close();
  for (const summary of summaries) printer.note(renderSummary(summary, printer.noteStyle));
  if (failures.exitCode !== undefined) return failures.exitCode;
  // Nobody asked it to end, and it was to go on.
  const isCut = isOutputLost(io) && summaries.some(({ end }) => end === 'stopped');
  return isCut ? EXIT.failed : EXIT.done;
}

/** The file that keeps what was handled, if one is asked for. @throws AppError (exit 2) where it is none. */
async function openStore({ dedupeStore }: ListenRequest) {
  if (dedupeStore === undefined) return undefined;
  const { openHandledEvents } = await import('../../lib/consume/handled-events-file.ts');
  return openHandledEvents(dedupeStore);
}

/** The queues' URLs. @throws AppError `QueueNotFound` that says how to make them. */
async function findQueues(command: Command, aws: Aws, subscribers: readonly SubscriberSpec[]) {
  const { findQueueUrl } = await import('../../lib/aws/queues.ts');
  return Promise.all(
    subscribers.map(async ({ name, queue }) => {
      const url = await findQueueUrl(aws, queue);
      if (url !== undefined) return { name, queue, url };
      throw new AppError({
        code: 'QueueNotFound',
        message: `There is no queue "${queue}".`,
        hint: `Create it with: ${commandLine(command, 'setup')}`,
      });
    }),
  );
}

function show({ io, printer }: CommandContext, message: Consumed): void {
  printer.record(consumedRecord(message));
  if (printer.json) return;
  const reaction = shownLines(message.result);
  const columns = io.stdout.isTTY ? printer.columns : undefined;
  for (const line of renderConsumed(message, reaction, printer.style, columns)) printer.text(line);
}

/** Says why a subscriber could not go on, at once: the others may listen for hours. */
class FailureReport {
  exitCode: ExitCode | undefined;
  private readonly command: Command;
  private readonly printer: Printer;

  constructor(command: Command, printer: Printer) {
    this.command = command;
    this.printer = printer;
  }

  tell({ fatal }: ConsumeSummary): void {
    if (!fatal) return;
    this.exitCode ??= fatal.exitCode;
    const failure = withSetupHint(this.command, fatal);
    // A line of the stream, on one line as the others are.
    if (this.printer.json) {
      const { code, message, hint } = failure;
      this.printer.record({ error: { code, message, hint } });
    } else {
      this.printer.failure(failure);
    }
  }
}

function withSetupHint(command: Command, error: AppError): AppError {
  if (error.code !== 'QueueNotFound') return error;
  const { code, message, exitCode, cause } = error;
  const hint = `Create it with: ${commandLine(command, 'setup')}`;
  return new AppError({ code, message, hint, exitCode, cause });
}
