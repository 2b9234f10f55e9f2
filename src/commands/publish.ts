import type { Command } from 'commander';
import { topologyOf } from '../lib/config/topology.ts';
import { eventLines, paced, sampleEvents } from '../lib/messaging/event-source.ts';
import type { PublishItem } from '../lib/messaging/publisher.ts';
import { AppError, EXIT, type ExitCode } from '../lib/model/errors.ts';
import { topicArn } from '../lib/model/names.ts';
import { EVENT_TYPES, ORDER_STATUSES } from '../lib/model/order-event.ts';
import { withTraceparent } from '../lib/model/trace-context.ts';
import { renderPublishSummary, renderUnread } from '../lib/ui/publish.ts';
import { commandLine, shellWord } from './again.ts';
import { addExamples, type CommandContext, type Runner } from './command.ts';
import { connect } from './connect.ts';
import { checkFiles, FailedLines, readBytes } from './publish-files.ts';
import { type PublishFlags, type PublishRequest, readRequest } from './publish-request.ts';
import { PublishTally } from './publish-tally.ts';

/** `pubsub publish [event-type]` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub publish order.created --order-id 7 --user-id 1 --total 29.99',
      'pubsub publish order.updated --order-id 7 --status shipped --yes',
      'pubsub publish order.created --count 1000 --rate 50',
      'pubsub publish --file orders.jsonl --failed-to failed.jsonl',
      'jq -c .orders[] day.json | pubsub publish order.created --file -',
    ],
    'pubsub listen all',
  )
    .argument('[event-type]', EVENT_TYPES.join(' or '))
    .option('--order-id <n>', 'order id; with --count the first one')
    .option('--user-id <n>', 'user id')
    .option('--total <amount>', 'amount with at most two decimals, such as 29.99')
    .option('--status <status>', ORDER_STATUSES.join(', '))
    .option('--data <json>', 'event as a JSON object; the flags above win over it')
    .option('--attribute <k=v>', 'message attribute; may be repeated', collect)
    .option('--group <id>', 'on a FIFO topic: the group (default: the order id)')
    .option('--count <n>', 'how many events')
    .option('--rate <n>', 'events a second at the most')
    .option('--file <path>', 'JSON lines, one event a line; - reads stdin')
    .option('--strict', 'with --file: stop at the first bad line')
    .option('--failed-to <path>', 'write what failed there, to publish it again')
    .action((eventType: string | undefined, flags: PublishFlags) =>
      run(command, async (context) => {
        const topology = topologyOf(context.settings);
        const request = await readRequest(context, eventType, flags, topology.fifo);
        await checkFiles(context.io.cwd, request);
        const { aws, identity } = await connect(context);
        const { createPublisher } = await import('../lib/messaging/publisher.ts');
        const arn = topicArn(identity, topology.topic);
        return publish(command, context, request, topology.topic, (items, options) =>
          createPublisher({ aws, topicArn: arn }).publish(items, options),
        );
      }),
    );
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

type Publish = ReturnType<
  typeof import('../lib/messaging/publisher.ts').createPublisher
>['publish'];

async function publish(
  command: Command,
  context: CommandContext,
  request: PublishRequest,
  topic: string,
  send: Publish,
): Promise<ExitCode> {
  const { io, printer } = context;
  const { stop } = io.interrupts;
  const { failedTo } = request;
  const kept = failedTo === undefined ? undefined : await FailedLines.open(io.cwd, failedTo);
  const tally = new PublishTally(context.printer, kept);
  const items = paced(itemsOf(context, request, tally), request.rate, stop);
  const started = performance.now();
  const report = await send(items, {
    signal: stop,
    onPublished: (item, messageId) => tally.publishedOne(item, messageId),
    onFailed: (failure) => tally.failedOne(failure),
    onTrouble: (error) => printer.warn(`${error.message} Trying again …`),
  }).finally(() => tally.end());
  const seconds = (performance.now() - started) / 1000;
  const fatal = report.fatal ?? tally.fileError;
  // One document a run: where nothing at all was published, the error says it all.
  if (fatal && report.published === 0) throw withSetupHint(fatal, command);
  printer.document(tally.document());
  const { published, failed, nextLine } = tally;
  printer.text(renderPublishSummary({ published, failed, topic, seconds }, printer.style));
  if (failed > 0 && failedTo) printer.note(`What failed is in ${failedTo}`);
  if (fatal) printer.warn(`${fatal.message} ${fatal.hint ?? ''}`.trim());
  if (stop.aborted) printer.warn('Interrupted: what is counted above was published, nothing else.');
  if (tally.strictStop) {
    printer.warn(`Stopped at line ${tally.strictStop}; later lines were not read.`);
  } else if (nextLine !== undefined) {
    printer.warn(renderUnread(nextLine, goOnCommand(command, request, nextLine)));
  }
  if (stop.aborted) return EXIT.interrupted;
  if (fatal) return fatal.exitCode;
  if (failed > 0) return EXIT.failed;
  if (published > 0) printer.note(`Next: ${commandLine(command, 'listen all')}`);
  return EXIT.done;
}

/** What publishes the lines of a file from here on, as this run would have; nothing for stdin, which is gone. */
function goOnCommand(
  command: Command,
  { file, eventType, attributes, group }: PublishRequest,
  nextLine: number,
): string | undefined {
  if (file === undefined || file === '-') return undefined;
  const words = [
    'publish',
    ...(eventType ? [eventType] : []),
    ...Object.entries(attributes).map(
      ([name, value]) => `--attribute ${shellWord(`${name}=${value}`)}`,
    ),
    ...(group === undefined ? [] : [`--group ${shellWord(group)}`]),
    '--file -',
  ];
  return `tail -n +${nextLine} ${shellWord(file)} | ${commandLine(command, words.join(' '))}`;
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
): AsyncGenerator<PublishItem> {
  const { eventType, file, given, count, strict, group } = request;
  const shared = {
    attributes: withTraceparent(request.attributes, io.env.TRACEPARENT),
    ...(group === undefined ? {} : { group }),
  };
  if (file === undefined) {
    const type = eventType ?? 'order.created';
    for (const event of sampleEvents(type, given, count)) yield { event, ...shared };
    return;
  }
  const lines = eventLines(readBytes(io, file), eventType, (bad) => {
    tally.badLine(bad);
    if (!strict) return;
    tally.strictStop = bad.line;
    throw STRICT_STOP;
  });
  tally.unread = true;
  try {
    for await (const { event, line } of lines) yield { event, ...shared, line };
    tally.unread = false;
  } catch (error) {
    // What was read is published and counted: the reason comes after that.
    if (error instanceof AppError) tally.fileError = error;
    else if (error !== STRICT_STOP) throw error;
  }
}

const STRICT_STOP = Symbol('strict');
