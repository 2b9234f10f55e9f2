import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import type { TopicSpec, Topology } from '../../lib/definition/topology.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { parseFilterPolicy } from '../../lib/rules/filter-policy/index.ts';
import type { TapSummary } from '../../lib/tap/tap.ts';
import { readHistorical, type Tapped } from '../../lib/tap/tapped.ts';
import type { RealFilter } from '../../lib/topology/real-filter.ts';
import { renderTapSummary } from '../../lib/ui/tap.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { type Connection, connect } from '../connect.ts';
import { sweepLeftovers } from '../sweep.ts';
import { addResourceOptions, topicFor } from '../topology.ts';
import { showFunctions } from './functions.ts';
import { printFailure, printProblem, show } from './output.ts';
import { tapFailure, withTapQueue } from './queue.ts';
import { readTapRequest, type TapFlags, type TapRequest } from './request.ts';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `pubsub tap`: watches a topic through a queue of its own. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub tap',
      "pubsub tap --filter event_type=payment.captured --where 'amount>100'",
      'pubsub tap --subscriber ledger --since 10m',
      'pubsub tap --json --max 10 | jq .event',
    ],
    'pubsub publish payment.captured, in another terminal',
  )
    .option('--filter <policy>', 'filter policy of the tap: name=value, JSON, or a file')
    .option('--scope <scope>', 'what it looks at: attributes (default) or body')
    .option('--subscriber <name>', 'what the filter of this subscriber lets through')
    .option('--where <expr>', "show by field: 'amount>100'; may be repeated", collect)
    .option('--since <time>', 'begin with what was published since, such as 10m (engine)')
    .option('--raw', 'bodies only')
    .option('-n, --max <n>', 'end after n messages')
    .option('--idle-timeout <time>', 'end after this time with nothing to show')
    .option('--duration <time>', 'end after this time, such as 30s or 5m');
  addResourceOptions(command).action((flags: TapFlags) =>
    run(command, (context) => tap(command, context, flags)),
  );
}

async function tap(command: Command, context: CommandContext, flags: TapFlags): Promise<ExitCode> {
  const { io, printer } = context;
  const { topology, topic } = await topicFor(context, flags);
  const request = readTapRequest(context, topology, flags);
  const connection = await connect(context);
  const place = { ...connection, topology };
  const topicArn = await findTopic(command, connection, topic);
  const [filter] = await Promise.all([
    chooseFilter(command, connection.aws, topicArn, request),
    sweepLeftovers(context, place),
  ]);
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  if (io.interrupts.stop.aborted) return EXIT.done;
  io.interrupts.stop.addEventListener('abort', stop, { once: true });
  const begun = performance.now();
  const { outcome: summary, removed } = await withTapQueue(
    context,
    { ...place, topicArn },
    filter,
    async ({ url }): Promise<TapSummary | AppError> => {
      try {
        const source = { topology, topic, topicArn, queueUrl: url, signal: ending.signal };
        return await watch(context, connection, source, request, filter);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return tapFailure(error);
      }
    },
  ).finally(() => {
    io.interrupts.stop.removeEventListener('abort', stop);
  });
  if (summary instanceof AppError) return printFailure(context, summary);
  const seconds = (performance.now() - begun) / 1000;
  printer.note(renderTapSummary(summary, seconds, printer.noteStyle));
  return removed ? EXIT.done : EXIT.failed;
}

/** The topic's ARN. @throws AppError `TopicNotFound` that says how to make it. */
async function findTopic(
  command: Command,
  connection: Connection,
  topic: TopicSpec,
): Promise<string> {
  const [{ topicArnOf }, { getTopicAttributes }] = await Promise.all([
    import('../../lib/topology/inspect.ts'),
    import('../../lib/aws/topics.ts'),
  ]);
  const arn = await topicArnOf(connection, topic);
  if (arn !== undefined && (await getTopicAttributes(connection.aws, arn)) !== undefined)
    return arn;
  throw new AppError({
    code: 'TopicNotFound',
    message: `There is no topic "${topic.name}".`,
    hint: `Create it with: ${commandLine(command, 'setup')}`,
  });
}

/** The filter that was given, or a copy of a subscriber's; none for everything. */
async function chooseFilter(
  command: Command,
  aws: Aws,
  topicArn: string,
  { policy, subscriber }: TapRequest,
): Promise<RealFilter> {
  if (subscriber === undefined)
    return policy ?? { filterPolicy: undefined, scope: 'MessageAttributes' };
  const { readRealFilter } = await import('../../lib/topology/real-filter.ts');
  try {
    return await readRealFilter(aws, topicArn, subscriber);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NotSubscribed') throw error;
    const { code, message } = error;
    throw new AppError({ code, message, hint: `Fix it with: ${commandLine(command, 'setup')}` });
  }
}

function tellBeginning(
  { printer }: CommandContext,
  { name }: TopicSpec,
  { subscriber }: TapRequest,
  { filterPolicy }: RealFilter,
): void {
  const whose = subscriber === undefined ? '' : ` as ${subscriber.name} gets it`;
  printer.note(`Watching ${name}${whose}. Nobody else misses a message. Ctrl-C stops.`);
  if (filterPolicy !== undefined) printer.note(printer.noteStyle.dim(`Filter: ${filterPolicy}`));
}

async function watch(
  context: CommandContext,
  { aws }: Connection,
  source: {
    readonly topology: Topology;
    readonly topic: TopicSpec;
    readonly topicArn: string;
    readonly queueUrl: string;
    readonly signal: AbortSignal;
  },
  request: TapRequest,
  filter: RealFilter,
): Promise<TapSummary> {
  const { since, where, max, idleTimeout, duration } = request;
  const { filterPolicy, scope } = filter;
  const { topicArn, queueUrl, signal } = source;
  const [{ tapQueue }, { sqsQueue }] = await Promise.all([
    import('../../lib/tap/tap.ts'),
    import('../../lib/aws/message-queue.ts'),
  ]);
  const over = new AbortController();
  const functions = request.raw
    ? undefined
    : await showFunctions(context, aws, {
        ...source,
        signal: AbortSignal.any([signal, over.signal]),
      });
  tellBeginning(context, source.topic, request, filter);
  return tapQueue({
    queue: sqsQueue(aws, queueUrl),
    signal,
    onMessage: (message) => {
      show(context, request, message);
      functions?.shown(message.messageId);
    },
    onProblem: (problem) => printProblem(context, problem),
    ready: async () => context.printer.drained(),
    before: since === undefined ? undefined : history(context, aws, topicArn, since),
    policy: filterPolicy === undefined ? undefined : parseFilterPolicy(filterPolicy, scope),
    where,
    max,
    idleTimeout,
    duration,
  }).finally(() => over.abort());
}

/** What was published before, as far as the engine still has it. @throws AppError where nobody keeps it. */
async function* history(
  { printer }: CommandContext,
  aws: Aws,
  topicArn: string,
  since: number,
): AsyncGenerator<Tapped> {
  const { readHistory } = await import('../../lib/aws/observer.ts');
  const begin = new Date(Date.now() - since * 1000);
  const found = await readHistory(aws, topicArn, begin);
  if (found === undefined) {
    throw new AppError({
      code: 'NoHistory',
      message:
        'This endpoint keeps nothing of what was published: only the embedded engine can look back.',
      hint: 'Leave --since out.',
    });
  }
  if (found.from > begin) {
    printer.note(
      printer.noteStyle.dim(`The engine's history begins at ${found.from.toISOString()}.`),
    );
  }
  for await (const message of found.messages) yield readHistorical(message);
}
