import type { Command } from 'commander';
import type { MessageQueue } from '../../lib/aws/message-queue.ts';
import type { Consumed, ConsumeSummary } from '../../lib/consume/consumed.ts';
import { shownLines } from '../../lib/consume/handlers/topology-handler.ts';
import type { SubscriberSpec } from '../../lib/definition/topology.ts';
import { compileMessageCheck } from '../../lib/events/schemas.ts';
import { keepMemorySteady } from '../../lib/process/steady-memory.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Tracing } from '../../lib/tracing/tracing.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { consumedRecord, renderConsumed, renderSummary } from '../../lib/ui/listen.ts';
import type { Printer } from '../../lib/ui/printer.ts';
import { labelled, nameWidth } from '../../lib/ui/subscriber-label.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { stoppedEarly, unlessStopped } from '../reading.ts';
import { traced } from '../traced.ts';
import { openTransport } from '../transport.ts';
import { AliveFile } from './alive-file.ts';
import { createHandler, divertConsole } from './handler.ts';
import { sayOtherTakers } from './other-takers.ts';
import type { ListenRequest } from './request.ts';
import { TroubleReport } from './trouble.ts';
import { UnhandledMessages } from './unhandled-messages.ts';

/**
 * Listens to subscribers' queues, side by side, until it is asked to stop or the request says so.
 * @returns the exit code: 1 where it ended by itself, and a message that it took was not handled.
 * @throws AppError `QueueNotFound` that says how to make one; (exit 2) for a store that is none.
 */
export async function listenTo(
  command: Command,
  context: CommandContext,
  request: ListenRequest,
): Promise<ExitCode> {
  return traced(context, (tracing) => listen(command, context, request, tracing));
}

async function listen(
  command: Command,
  context: CommandContext,
  request: ListenRequest,
  tracing: Tracing | undefined,
): Promise<ExitCode> {
  keepMemorySteady();
  const { io, printer } = context;
  const check = await compileMessageCheck(request.topology.events);
  const handledEvents = await openStore(request);
  const reached = await unlessStopped(context, async () => {
    const transport = await openTransport(context);
    return { transport, queues: await findQueues(command, transport, request.subscribers) };
  });
  if (reached === undefined) {
    handledEvents?.close();
    return stoppedEarly(context);
  }
  const { transport, queues } = reached.result;
  divertConsole(context);
  const trouble = new TroubleReport(printer);
  const failures = new FailureReport(command, printer);
  const unhandled = new UnhandledMessages();
  const words = request.subscribers.map(({ name }) => name);
  const names = nameWidth(words);
  const alive =
    request.aliveFile === undefined ? undefined : new AliveFile(request.aliveFile, words);
  const tell = await tellerOf(context, unhandled, names);
  if (transport.aws) {
    await sayOtherTakers(command, context, transport.aws.aws, request, {
      names,
      urls: new Map(queues.map(({ spec, found }) => [spec.queue, found.url])),
    });
  }
  const { consume } = await import('../../lib/consume/consumer.ts');
  const { max, idleTimeout, concurrency, timeout, retryDelay, handlers } = request;
  const runs = queues.map(async ({ spec, found }) => {
    const { name, queue } = spec;
    const handler = createHandler(context, handlers.get(name), name, names);
    const summary = await consume(
      {
        queue: found,
        subscriber: name,
        signal: io.interrupts.stop,
        // Its spans say what SNS and SQS are.
        tracing,
        handler: (event, about) => {
          const work = () => handler.handle(event, about);
          return alive === undefined ? work() : alive.during(name, work);
        },
        onAnswer: () => alive?.answered(name),
        onMessage: (message) => tell(queue, message),
        onProblem: (problem) => trouble.tell(problem),
        ...(max === undefined ? {} : { max }),
        ...(idleTimeout === undefined ? {} : { idleTimeout }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(retryDelay === undefined ? {} : { retryDelay }),
        ...(handledEvents === undefined ? {} : { handledEvents }),
      },
      check,
    );
    await handler.close();
    failures.tell(summary);
    return summary;
  });
  for (const { name, queue } of request.subscribers) {
    printer.note(labelled(name, `listening on ${queue}`, printer.noteStyle, names));
  }
  printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
  const stopping = (): void => printer.note('Stopping: finishing the messages in progress.');
  io.interrupts.stop.addEventListener('abort', stopping, { once: true });
  const summaries = await Promise.all(runs).finally(() => alive?.close());
  io.interrupts.stop.removeEventListener('abort', stopping);
  handledEvents?.close();
  for (const summary of summaries) printer.note(renderSummary(summary, printer.noteStyle, names));
  if (failures.exitCode !== undefined) return failures.exitCode;
  const isAsked = summaries.every(({ end }) => end === 'stopped');
  // Nobody asked it to end, and it was to go on.
  const isCut = isOutputLost(io) && summaries.some(({ end }) => end === 'stopped');
  return isCut || (!isAsked && unhandled.some) ? EXIT.failed : EXIT.done;
}

/** What is told every message: keeps why it wasn't handled, then shows it. */
async function tellerOf(
  context: CommandContext,
  unhandled: UnhandledMessages,
  names: number,
): Promise<(queue: string, message: Consumed) => void> {
  const { failureOf, keepReason } = await import('../../lib/consume/failure-reasons.ts');
  return (queue, message) => {
    const failure = failureOf(queue, message);
    if (failure) keepReason(context.settings.stateDir, failure);
    unhandled.note(message);
    show(context, message, names);
  };
}

/** The file that keeps what was handled, if one is asked for. @throws AppError (exit 2) where it is none. */
async function openStore({ dedupeStore }: ListenRequest) {
  if (dedupeStore === undefined) return undefined;
  const { openHandledEvents } = await import('../../lib/consume/handled-events-file.ts');
  return openHandledEvents(dedupeStore);
}

/** The subscribers' queues. @throws AppError `QueueNotFound` that says how to make them. */
async function findQueues(
  command: Command,
  transport: Transport,
  subscribers: readonly SubscriberSpec[],
): Promise<{ readonly spec: SubscriberSpec; readonly found: MessageQueue }[]> {
  return Promise.all(
    subscribers.map(async (spec) => {
      const { queue } = spec;
      const found = await transport.findQueue(spec);
      if (found !== undefined) return { spec, found };
      throw new AppError({
        code: 'QueueNotFound',
        message: `There is no queue "${queue}".`,
        hint: `Create it with: ${commandLine(command, 'setup')}`,
      });
    }),
  );
}

function show({ io, printer }: CommandContext, message: Consumed, names: number): void {
  printer.record(consumedRecord(message));
  if (printer.json) return;
  const reaction = shownLines(message.result);
  const columns = io.stdout.isTTY ? printer.columns : undefined;
  for (const line of renderConsumed(message, reaction, printer.style, columns, names)) {
    printer.text(line);
  }
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
