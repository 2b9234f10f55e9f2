import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import type { TopicSpec } from '../../lib/definition/topology.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { parseFilterPolicy } from '../../lib/rules/filter-policy/index.ts';
import type { TapSummary } from '../../lib/tap/tap.ts';
import { readHistorical, type Tapped } from '../../lib/tap/tapped.ts';
import type { RealFilter } from '../../lib/topology/real-filter.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { type Connection, connect } from '../connect.ts';
import { unlessStopped } from '../reading.ts';
import { sweepLeftovers } from '../sweep.ts';
import { showFunctions } from './functions.ts';
import { printProblem, show, type TapEnded, type TapSource, tellBeginning } from './output.ts';
import { tapFailure, withTapQueue } from './queue.ts';
import type { TapRequest } from './request.ts';

/**
 * Watches a topic of SNS through a temporary queue and subscription.
 * @returns undefined where it was to stop before there were any
 * @throws AppError `TopicNotFound`, `NotSubscribed`.
 */
export async function tapTopic(
  command: Command,
  context: CommandContext,
  source: TapSource,
  request: TapRequest,
): Promise<TapEnded | undefined> {
  const connection = await connect(context);
  const place = { ...connection, topology: source.topology };
  const found = await unlessStopped(context, async () => {
    const topicArn = await findTopic(command, connection, source.topic);
    const [filter] = await Promise.all([
      chooseFilter(command, connection.aws, topicArn, request),
      sweepLeftovers(context, place),
    ]);
    return { topicArn, filter };
  });
  if (found === undefined) return undefined;
  const { topicArn, filter } = found.result;
  return withTapQueue(
    context,
    { ...place, topicArn },
    filter,
    async ({ url }): Promise<TapSummary | AppError> => {
      try {
        const from = { ...source, topicArn, queueUrl: url };
        return await watch(context, connection, from, request, filter);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return tapFailure(error);
      }
    },
  );
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

async function watch(
  context: CommandContext,
  { aws }: Connection,
  source: TapSource & { readonly topicArn: string; readonly queueUrl: string },
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
  tellBeginning(context, source.topic, request, filterPolicy && `Filter: ${filterPolicy}`);
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
