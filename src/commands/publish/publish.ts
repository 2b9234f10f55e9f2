import type { Command } from 'commander';
import { unreadOutputs } from '../../lib/config/unread-output.ts';
import type { TopicSpec } from '../../lib/definition/topology.ts';
import type { MessageAttributes } from '../../lib/events/attributes.ts';
import type { OutgoingEvent } from '../../lib/events/outgoing-event.ts';
import { withTraceparent } from '../../lib/events/trace-context.ts';
import { eventLines, paced } from '../../lib/publish/event-source.ts';
import type { PublishItem, PublishOptions, PublishReport } from '../../lib/publish/publish-item.ts';
import type { RoutedItem } from '../../lib/publish/publish-topics.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { MAX_MESSAGE_ATTRIBUTES } from '../../lib/rules/limits.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { renderAccount, renderPublishSummary } from '../../lib/ui/publish.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { addResourceOptions, topologyFor } from '../topology.ts';
import { traced } from '../traced.ts';
import { openTransport } from '../transport.ts';
import { accountOf, accountRecord } from './account.ts';
import { readFieldWords } from './field-flags.ts';
import { checkFiles, FailedLines, readBytes } from './files.ts';
import { nextStep } from './next-step.ts';
import { printReach, printRefusals, type ReadReach } from './reach.ts';
import { type ReadRefusals, reachReaders } from './refusals.ts';
import { type PublishFlags, type PublishRequest, readRequest } from './request.ts';
import { PublishTally } from './tally.ts';

/** `pubsub publish [event-type]` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub publish payment.captured --payment-id p7 --amount 29.99',
      'pubsub publish payment.refunded --payment-id p7 --currency EUR --yes',
      'pubsub publish payment.captured --count 1000 --rate 50',
      'pubsub publish --file payments.jsonl --failed-to failed.jsonl',
      'jq -c .payments[] day.json | pubsub publish payment.captured --file -',
    ],
    'pubsub listen all',
  )
    .argument('[event-type]', 'its fields may be flags: --payment-id p7 sets payment_id')
    .option('--data <json>', 'event as a JSON object; flags of fields win over it')
    .option('--raw', 'publish --data or the lines of --file as they are')
    .option('--attribute <k[:type]=v>', 'message attribute; may be repeated', collect)
    .option('--group <id>', "on a FIFO topic: the group (default: the type's)")
    .option('-n, --count <n>', 'how many events')
    .option('--seed <n>', 'make the same samples again')
    .option('--rate <n>', 'events a second at the most')
    .option('--retry-for <time>', 'retry failing requests for this time (default: 30s)')
    .option('-f, --file <path>', 'JSON lines, one event a line; - reads stdin')
    .option('--only <ranges>', 'of the lines or the count only these, such as 7,20-')
    .option('--strict', 'with --file: stop at the first bad line')
    .option('--failed-to <path>', 'write what failed there, to publish it again')
    // Flags that are none of these name fields of the event.
    .allowUnknownOption()
    .allowExcessArguments();
  addResourceOptions(command).action((_word: string | undefined, flags: PublishFlags) =>
    run(command, async (context) => {
      const topology = await topologyFor(context, flags);
      const words = readFieldWords(command.args);
      const declared = command.options.map(({ long }) => long ?? '');
      const request = await readRequest(context, topology, words, flags, declared);
      await checkFiles(context.io.cwd, request);
      const transport = await reading(context, undefined, () => openTransport(context));
      const { publishToTopics } = await import('../../lib/publish/publish-topics.ts');
      const addresses = request.topics.map((topic) => transport.addressOf(topic));
      const readers = await reachReaders(transport, addresses);
      return traced(context, async (tracing) => {
        const publisherOf = await transport.publishers(tracing);
        return publish(command, context, request, {
          addressOf: (topic) => transport.addressOf(topic),
          // Tracing takes the environment's trace up by itself.
          traceparent: tracing === undefined ? context.io.env.TRACEPARENT : undefined,
          send: (items, options) => publishToTopics(items, publisherOf, options),
          ...readers,
          readNextStep: () => nextStep(command, transport.aws?.aws, topology, addresses),
        });
      });
    }),
  );
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** What publishing asks of the target. */
interface Sender {
  addressOf(topic: TopicSpec): string;
  send(items: AsyncIterable<RoutedItem>, options: PublishOptions): Promise<PublishReport>;
  /** What the environment says of a trace that each event is to carry as it is. */
  readonly traceparent: string | undefined;
  readonly readReach: ReadReach;
  readonly readRefusals: ReadRefusals;
  /** The command that shows what becomes of the events. */
  readNextStep(): Promise<string>;
}

async function publish(
  command: Command,
  context: CommandContext,
  request: PublishRequest,
  { addressOf, send, readReach, readRefusals, readNextStep, traceparent }: Sender,
): Promise<ExitCode> {
  const { io, printer, settings } = context;
  const { stop } = io.interrupts;
  const { failedTo } = request;
  const [unread] = unreadOutputs(settings.stateDir, 'publish').slice(-1);
  if (unread !== undefined) {
    printer.note(`The result of an earlier publish could not be shown. Read it, then remove it:`);
    printer.note(`  cat ${shellWord(unread)}; rm ${shellWord(unread)}`);
  }
  const kept = failedTo === undefined ? undefined : await FailedLines.open(io.cwd, failedTo);
  const tally = new PublishTally(context.printer, kept, {
    isTerminal: Boolean(io.stdout.isTTY),
    topics: request.topics.map(({ name }) => name),
  });
  const { ledger } = tally;
  ledger.unread = true;
  const items = paced(
    itemsOf(context, request, tally, { addressOf, traceparent }),
    request.rate,
    stop,
  );
  const started = performance.now();
  const onStop = (): void => printer.note('Stopping: waiting for the answer to what was sent.');
  stop.addEventListener('abort', onStop, { once: true });
  const report = await send(items, {
    signal: stop,
    ...(request.retryFor === undefined ? {} : { retryFor: request.retryFor }),
    onPublished: (item, messageId) => tally.publishedOne(item, messageId),
    onFailed: (failure) => tally.failedOne(failure),
    onTrouble: (error) => printer.warn(`${error.message} Trying again …`),
  }).finally(() => {
    stop.removeEventListener('abort', onStop);
    return tally.end();
  });
  const seconds = (performance.now() - started) / 1000;
  const fatal = report.fatal ?? tally.fileError;
  // One document a run: where surely nothing was published, the error says it all.
  if (fatal && report.published === 0 && ledger.mayBeAccepted.isEmpty)
    throw withSetupHint(fatal, command);
  const endedEarly =
    fatal !== undefined || stop.aborted || ledger.unread || !ledger.mayBeAccepted.isEmpty;
  const account = endedEarly ? accountOf(command, request, ledger) : undefined;
  const reach = await readReach(tally.messageIds);
  if (reach) tally.addReach(reach);
  printer.document(tally.document(account ? accountRecord(account, ledger) : {}));
  const { published, failed, unsent, topics } = tally;
  const outcome = { published, failed, unsent, endedEarly, topics, seconds };
  printer.text(renderPublishSummary(outcome, printer.style));
  if (failed > 0 && failedTo) printer.note(`What failed is in ${failedTo}`);
  if (fatal) printer.warn(`${fatal.message} ${fatal.hint ?? ''}`.trim());
  if (stop.aborted) {
    printer.warn(isOutputLost(io) ? 'Interrupted: its output can not be written.' : 'Interrupted.');
  }
  if (ledger.strictStop) {
    printer.warn(`Stopped at line ${ledger.strictStop}; later lines were not read.`);
  }
  for (const line of account ? renderAccount(account) : []) printer.warn(line);
  if (stop.aborted) return EXIT.interrupted;
  if (fatal) return fatal.exitCode;
  if (failed > 0) return EXIT.failed;
  if (reach) {
    printReach(command, context, reach);
    printRefusals(command, context, await readRefusals(reach));
  }
  if (published > 0) printer.note(`Next: ${await readNextStep()}`);
  return EXIT.done;
}

/** `pubsub setup` mends a missing topic, on the target and with the prefix that were asked for. */
function withSetupHint(error: AppError, command: Command): AppError {
  const { code, message, exitCode } = error;
  if (code !== 'TopicNotFound') return error;
  const hint = `Create it with: ${commandLine(command, 'setup')}`;
  return new AppError({ code, message, exitCode, hint, cause: error });
}

async function* itemsOf(
  { io }: CommandContext,
  request: PublishRequest,
  tally: PublishTally,
  { addressOf, traceparent }: Pick<Sender, 'addressOf' | 'traceparent'>,
): AsyncGenerator<RoutedItem> {
  const { maker, file, given, body, count, strict, only } = request;
  const { ledger } = tally;
  const item = (event: OutgoingEvent, own: MessageAttributes = {}): RoutedItem => ({
    ...itemOf(request, event, own, traceparent),
    topicArn: addressOf(request.topicOf(event.message.type)),
  });
  if (file === undefined) {
    for (let position = 1; position <= count; position++) {
      if (!only.has(position)) continue;
      const event = body === undefined ? maker.sample(given, position) : maker.raw(body, position);
      yield { ...item(event), position };
    }
    ledger.unread = false;
    return;
  }
  const read = (text: string, line: number): RoutedItem => {
    if (request.raw) return item(maker.raw(text, line));
    const { event, attributes } = maker.line(text, line);
    return item(event, attributes);
  };
  const lines = eventLines(readBytes(io, file), read, only, (bad) => {
    tally.badLine(bad);
    if (!strict) return;
    ledger.strictStop = bad.line;
    throw STRICT_STOP;
  });
  try {
    yield* lines;
    ledger.unread = false;
  } catch (error) {
    // What was read is published and counted: the reason comes after that.
    if (error instanceof AppError) tally.fileError = error;
    else if (error !== STRICT_STOP) throw error;
  }
}

/** An event with all attributes that were given. @throws AppError (exit 2) for more than a queue takes. */
function itemOf(
  { attributes, group }: PublishRequest,
  event: OutgoingEvent,
  own: MessageAttributes,
  traceparent: string | undefined,
): PublishItem {
  const given = { ...own, ...attributes };
  const names = new Set([...Object.keys(event.attributes), ...Object.keys(given)]);
  if (names.size > MAX_MESSAGE_ATTRIBUTES) {
    throw usageError(
      `It has ${names.size} attributes; a queue takes ${MAX_MESSAGE_ATTRIBUTES}.`,
      'Put the rest into the event.',
    );
  }
  const further = names.size - Object.keys(given).length;
  return {
    event,
    attributes: withTraceparent(given, traceparent, further),
    ...(group === undefined ? {} : { group }),
  };
}

const STRICT_STOP = Symbol('strict');
