import type { Command } from 'commander';
import { findSubscribers } from '../../lib/definition/find.ts';
import type { TopicSpec } from '../../lib/definition/topology.ts';
import { parseCondition } from '../../lib/events/where.ts';
import type { ReplayFilter, ReplayMessage, ReplayResult } from '../../lib/publish/replay.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { topicArn } from '../../lib/rules/names.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { printable, shownText } from '../../lib/rules/text/shown-text.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { wrapped } from '../../lib/ui/wrapped.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { addResourceOptions, type ResourceFlags, topicFor } from '../topology.ts';

interface ReplayFlags extends ResourceFlags {
  readonly since?: string;
  readonly type?: string;
  readonly where?: readonly string[];
  readonly dryRun?: boolean;
}

/** Messages that are shown one by one. */
const MOST_SHOWN = 10;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `pubsub replay [subscriber]`: what was published since a time, again to one subscriber or to all. */
export function define(command: Command, run: Runner): void {
  addResourceOptions(
    addExamples(
      command,
      [
        'pubsub replay ledger --since 30m --dry-run',
        "pubsub replay ledger --since 2h --type payment.captured --where 'amount>100'",
        'pubsub replay all --since 10m --yes',
      ],
      'pubsub listen <subscriber>   or   pubsub trace <id>',
    )
      .argument('[subscriber]', 'whose queue gets them; all (default): the topic, and so everybody')
      .option('--since <time>', 'from when on: 30m, 2h, or an ISO 8601 time')
      .option('--type <event-type>', 'of this type only')
      .option('--where <expr>', "by field: 'amount>100'; may be repeated", collect)
      .option('--dry-run', 'show what would be sent')
      .addHelpText(
        'after',
        'From the history of the local engine, in memory. A subscriber gets what its\nfilter policy lets through.\n',
      ),
  ).action((subscriber: string | undefined, flags: ReplayFlags) =>
    run(command, (context) => replay(command, context, subscriber, flags)),
  );
}

async function replay(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: ReplayFlags,
): Promise<ExitCode> {
  const { io, printer } = context;
  const since = readSince(flags.since);
  const filter: ReplayFilter = { type: flags.type, where: (flags.where ?? []).map(parseCondition) };
  const { topology, topic } = await topicFor(context, flags);
  // A queue that was named gets them, and nobody else.
  const [own] = flags.queue === undefined ? [] : topology.subscribers;
  const named = word ?? own?.name ?? 'all';
  const [only] = named === 'all' ? [] : findSubscribers(topology, named);
  const connection = await reading(context, undefined, () => connect(context));
  const place: Place = { ...connection, topology };
  const arn = topic.arn ?? topicArn(place.identity, topic.name);
  const { messages, from } = await reading(context, 'Reading what was published', () =>
    readMeant(place, arn, since, filter),
  );
  if (from > since) {
    printer.warn(`The engine knows what was published since ${from.toISOString()}, not before.`);
  }
  const destination = only && (await destinationOf(place, topic, only.name));
  const passing = destination === undefined ? messages : await passingOf(destination, messages);
  const skipped = messages.length - passing.length;
  const to = only?.queue ?? topic.name;
  show(context, passing, to, skipped);
  const facts = { ...targetDocument(place.identity), to, messages: passing.map(record), skipped };
  if (flags.dryRun || passing.length === 0) {
    printer.document({ ...facts, replayed: 0, failed: 0, dryRun: flags.dryRun ?? false });
    return EXIT.done;
  }
  const everybody = only === undefined ? ', and so everybody who is subscribed' : '';
  const question = `Send ${count(passing.length)} again to ${to}${everybody}?`;
  if (!context.yes && !(await confirm(io, printer, question))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was sent.' });
  }
  const { replayToQueue, replayToTopic } = await import('../../lib/publish/replay.ts');
  const result: ReplayResult =
    destination === undefined
      ? await replayToTopic(place.aws, arn, passing)
      : await replayToQueue(place.aws, { ...destination, topicArn: arn }, passing);
  const failed = passing.length - result.sent;
  printer.document({ ...facts, replayed: result.sent, failed, dryRun: false });
  printer.text(
    `Sent ${count(result.sent)} again to ${to}${failed > 0 ? `, ${failed} failed` : ''}.`,
  );
  for (const failure of result.failures) printer.warn(failure);
  const next = commandLine(command, `listen ${only?.name ?? 'all'}`);
  if (failed === 0) printer.note(`Next: ${next}`);
  return failed > 0 ? EXIT.failed : EXIT.done;
}

/** Reads `--since`. @throws AppError (exit 2). */
function readSince(text: string | undefined): Date {
  if (text === undefined) {
    throw usageError('--since is missing.', 'Such as: --since 30m', 'MissingSince');
  }
  const isTime = /^\d{4}-\d{2}-\d{2}/.test(text);
  const time = isTime ? Date.parse(text) : Date.now() - parseDuration('--since', text) * 1000;
  if (time > Date.now()) {
    throw usageError(`--since ${shownText(text)} lies in the future.`, 'Such as: --since 30m');
  }
  if (!Number.isNaN(time)) return new Date(time);
  throw usageError(
    `--since must be a length of time or an ISO 8601 time, not "${shownText(text)}".`,
    'Such as: --since 30m or --since 2026-01-31T09:30:00Z',
  );
}

/** What was published and is meant, the oldest first. @throws AppError `NoHistory` where nobody keeps it. */
async function readMeant(
  { aws }: Place,
  arn: string,
  since: Date,
  filter: ReplayFilter,
): Promise<{ readonly messages: readonly ReplayMessage[]; readonly from: Date }> {
  const [{ readHistory }, { isSelectedForReplay }] = await Promise.all([
    import('../../lib/aws/topic-history.ts'),
    import('../../lib/publish/replay.ts'),
  ]);
  const history = await readHistory(aws, arn, since);
  if (history === undefined) throw noHistory(arn);
  const messages: ReplayMessage[] = [];
  for await (const message of history.messages) {
    const meant = isSelectedForReplay(message, filter);
    if (meant !== undefined) messages.push(meant);
  }
  return { messages, from: history.from };
}

function noHistory(arn: string): AppError {
  return new AppError({
    code: 'NoHistory',
    message: `What was published to ${arn} is not kept: SNS has no history of standard topics, and this endpoint has none that pubsub can read.`,
    hint: 'On AWS a FIFO topic with an ArchivePolicy replays by itself: set the ReplayPolicy of a subscription ("Message archiving and replay", SNS Developer Guide).',
  });
}

interface Destination {
  readonly url: string;
  readonly raw: boolean;
  readonly recipient: import('../../lib/diagnose/explain/delivery-verdict.ts').Recipient;
}

/** A subscriber's queue, and how its subscription delivers. @throws AppError where there is no queue. */
async function destinationOf(place: Place, topic: TopicSpec, name: string): Promise<Destination> {
  const [{ readLiveBranches }, { findQueueUrl }] = await Promise.all([
    import('../../lib/diagnose/explain/live-branches.ts'),
    import('../../lib/aws/queues.ts'),
  ]);
  const subscribers = place.topology.subscribers.filter((each) => each.name === name);
  const topology = { ...place.topology, topics: [topic], subscribers };
  const [branch] = await readLiveBranches({ ...place, topology });
  const url = await findQueueUrl(place.aws, subscribers[0]?.queue ?? '');
  if (branch === undefined || url === undefined) {
    throw new AppError({
      code: branch === undefined ? 'NotSubscribed' : 'QueueNotFound',
      message: `${name} has no queue that is subscribed to ${topic.name}.`,
      hint: 'See what is there with: pubsub doctor',
    });
  }
  return { url, raw: branch.recipient.rawDelivery, recipient: branch.recipient };
}

/** What a subscriber's filter policy lets through. */
async function passingOf(
  { recipient }: Destination,
  messages: readonly ReplayMessage[],
): Promise<readonly ReplayMessage[]> {
  const { explainDelivery } = await import('../../lib/diagnose/explain/delivery-verdict.ts');
  return messages.filter(({ message: { body, attributes } }) => {
    const entries = Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      type.startsWith('Binary') ? { DataType: type } : { DataType: type, StringValue: value },
    ]);
    return explainDelivery(recipient, { body, attributes: Object.fromEntries(entries) }).delivered;
  });
}

function show(
  { printer }: CommandContext,
  messages: readonly ReplayMessage[],
  to: string,
  skipped: number,
): void {
  const kept = skipped > 0 ? `; its filter policy keeps out ${skipped} more` : '';
  printer.text(`${count(messages.length)} to ${to}${kept}`);
  for (const { message, event } of messages.slice(0, MOST_SHOWN)) {
    const words = `  ${message.time.toISOString()}  ${event.type ?? 'a message'}  ${event.id}`;
    // Whole, on two lines where need be: trace asks for the id.
    for (const line of wrapped(printable(words), printer.columns, '    ')) printer.text(line);
  }
  if (messages.length > MOST_SHOWN) printer.text(`  … and ${messages.length - MOST_SHOWN} more`);
}

function record({ message, event }: ReplayMessage): Record<string, unknown> {
  return {
    messageId: message.messageId,
    eventId: event.eventId ?? null,
    eventType: event.type ?? null,
    publishedAt: message.time.toISOString(),
  };
}

function count(messages: number): string {
  return messages === 1 ? '1 message' : `${messages} messages`;
}
