import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { eventLines, paced, sampleEvents } from '../lib/messaging/event-source.ts';
import type { PublishFailure, PublishItem } from '../lib/messaging/publisher.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../lib/model/errors.ts';
import { topicArn } from '../lib/model/names.ts';
import { EVENT_TYPES, ORDER_STATUSES, serializeOrderEvent } from '../lib/model/order-event.ts';
import { createTopology } from '../lib/model/topology.ts';
import type { Progress } from '../lib/ui/progress.ts';
import { renderFailure, renderPublished, renderPublishSummary } from '../lib/ui/publish.ts';
import { commandLine } from './again.ts';
import { addExamples, type CommandContext, type Runner } from './command.ts';
import { connect } from './connect.ts';
import { type PublishFlags, type PublishRequest, readRequest } from './publish-request.ts';

/** `messages` is left out of the JSON document above this many. */
const LISTED_MESSAGES = 1000;
/** Events that are shown one by one; more are only counted. */
const SHOWN_EVENTS = 10;
/** Failures that are shown one by one. */
const SHOWN_FAILURES = 20;
/** Milliseconds between two updates of the progress line. */
const PROGRESS_INTERVAL = 100;

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
    .option('--attribute <k=v>', 'message attribute; may be repeated', collect, [])
    .option('--count <n>', 'how many events', undefined)
    .option('--rate <n>', 'events a second at the most')
    .option('--file <path>', 'JSON lines, one event a line; - reads stdin')
    .option('--strict', 'with --file: stop at the first bad line')
    .option('--failed-to <path>', 'write what failed there, to publish it again')
    .action((eventType: string | undefined, flags: PublishFlags) =>
      run(command, async (context) => {
        const topology = createTopology(context.settings.topology, context.settings.prefix);
        const request = await readRequest(context, eventType, flags);
        await assertReadable(request);
        const { aws, identity } = await connect(context);
        const { createPublisher } = await import('../lib/messaging/publisher.ts');
        const arn = topicArn(identity, topology.topic);
        return publish(command, context, request, topology.topic, (items, options) =>
          createPublisher({ aws, topicArn: arn }).publish(items, options),
        );
      }),
    );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** What can't be read is said before anything is published. */
async function assertReadable({ file }: PublishRequest): Promise<void> {
  if (file === undefined || file === '-') return;
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isDirectory()) return;
  throw usageError(
    found ? `${file} is a folder, not a file.` : `There is no file ${file}.`,
    'Check --file.',
    'FileNotFound',
  );
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
  const tally = new Tally(context, request.failedTo);
  const items = paced(itemsOf(context, request, tally), request.rate, stop);
  const started = performance.now();
  const report = await send(items, {
    signal: stop,
    onPublished: (item, messageId) => tally.publishedOne(item, messageId),
    onFailed: (failure) => tally.failedOne(failure),
  }).finally(() => tally.end());
  const seconds = (performance.now() - started) / 1000;
  // One document a run: where nothing at all was published, the error says it all.
  if (report.fatal && report.published === 0) throw withSetupHint(report.fatal, command);
  printer.document(tally.document());
  const { published, failed } = tally;
  printer.text(renderPublishSummary({ published, failed, topic, seconds }, printer.style));
  if (failed > 0 && request.failedTo) printer.note(`What failed is in ${request.failedTo}`);
  if (report.fatal) printer.warn(`${report.fatal.message} ${report.fatal.hint ?? ''}`.trim());
  if (tally.strictStop)
    printer.warn(`Stopped at line ${tally.strictStop}; later lines were not read.`);
  if (stop.aborted) {
    printer.warn('Interrupted: what is counted above was published, nothing else.');
    return EXIT.interrupted;
  }
  if (report.fatal) return report.fatal.exitCode;
  if (failed > 0) return EXIT.failed;
  if (published > 0) printer.note(`Next: ${commandLine(command, 'listen all')}`);
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
  tally: Tally,
): AsyncGenerator<PublishItem> {
  const { attributes, eventType, file, given, count, strict } = request;
  if (file === undefined) {
    const type = eventType ?? 'order.created';
    for (const event of sampleEvents(type, given, count)) yield { event, attributes };
    return;
  }
  const source = file === '-' ? io.stdin : createReadStream(file);
  const lines = eventLines(source, eventType, (bad) => {
    tally.badLine(bad);
    if (strict) {
      tally.strictStop = bad.line;
      throw STRICT_STOP;
    }
  });
  try {
    for await (const { event, line } of lines) yield { event, attributes, line };
  } catch (error) {
    if (error !== STRICT_STOP) throw error;
  }
}

const STRICT_STOP = Symbol('strict');

/** Counts and shows what became of each event, and keeps what failed. */
class Tally {
  published = 0;
  failed = 0;
  strictStop: number | undefined;
  private readonly context: CommandContext;
  private readonly failedTo: WriteStream | undefined;
  private readonly progress: Progress;
  private readonly started = performance.now();
  private lastUpdate = 0;
  private messages: object[] | undefined = [];
  private readonly failures: { line: number | null; code: string; message: string }[] = [];

  constructor(context: CommandContext, failedTo: string | undefined) {
    this.context = context;
    this.failedTo = failedTo === undefined ? undefined : createWriteStream(failedTo);
    this.progress = context.printer.progress('Publishing');
  }

  publishedOne(item: PublishItem, messageId: string): void {
    const { printer } = this.context;
    this.published++;
    if (this.published <= SHOWN_EVENTS) {
      printer.text(renderPublished(item.event, messageId, printer.style));
    } else if (this.published === SHOWN_EVENTS + 1) {
      printer.text('  …');
    }
    if (this.messages && this.messages.length < LISTED_MESSAGES) {
      const { event_id: eventId, event_type: eventType, order_id: orderId } = item.event;
      this.messages.push({ eventId, messageId, eventType, orderId });
    } else {
      this.messages = undefined;
    }
    this.showProgress();
  }

  failedOne({ item, code, message, fatal }: PublishFailure): void {
    const where = item.line === undefined ? `Order ${item.event.order_id}` : `Line ${item.line}`;
    // What ended the whole run is said once, at the end.
    this.fail(item.line, code, message, fatal ? undefined : where);
    this.failedTo?.write(`${serializeOrderEvent(item.event)}\n`);
  }

  badLine({
    line,
    text,
    error,
  }: {
    line: number;
    text: string | undefined;
    error: AppError;
  }): void {
    const message = error.message.replace(/^Line \d+: /, '');
    this.fail(line, error.code, message, `Line ${line}`);
    if (text !== undefined) this.failedTo?.write(`${text}\n`);
  }

  private fail(
    line: number | undefined,
    code: string,
    message: string,
    where: string | undefined,
  ): void {
    const { printer } = this.context;
    this.failed++;
    this.failures.push({ line: line ?? null, code, message });
    if (where === undefined) {
      this.progress.update(`Publishing: ${message}`);
    } else if (this.failed <= SHOWN_FAILURES) {
      printer.warn(renderFailure(where, code, message));
    } else if (this.failed === SHOWN_FAILURES + 1) {
      printer.warn('More failed; --json and --failed-to have them all.');
    }
    this.showProgress();
  }

  private showProgress(): void {
    const now = performance.now();
    if (now - this.lastUpdate < PROGRESS_INTERVAL) return;
    this.lastUpdate = now;
    const rate = Math.round(this.published / ((now - this.started) / 1000 || 1));
    const failed = this.failed > 0 ? `, ${this.failed} failed` : '';
    this.progress.update(`Publishing: ${this.published} (${rate}/s)${failed}`);
  }

  async end(): Promise<void> {
    this.progress.clear();
    if (!this.failedTo) return;
    this.failedTo.end();
    await finished(this.failedTo);
  }

  document(): object {
    const { published, failed, messages, failures } = this;
    return { published, failed, ...(messages ? { messages } : {}), failures };
  }
}
