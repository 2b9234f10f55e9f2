import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import type { StoredQueue } from '../../lib/aws/stored-queue.ts';
import {
  type DeadLetter,
  type DeadLetterFilter,
  isUnfiltered,
} from '../../lib/dead-letters/dead-letter.ts';
import type { MoveTaskOptions, MoveTaskResult } from '../../lib/dead-letters/move-task.ts';
import type { RedriveFailure } from '../../lib/dead-letters/redrive.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { MAX_MOVE_RATE } from '../../lib/rules/limits.ts';
import { parseArn, queueNameFromUrl } from '../../lib/rules/names.ts';
import type { FoundStored, Transport } from '../../lib/transport/transport.ts';
import { renderSelected } from '../../lib/ui/dead-letters.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { addFilterFlags, type FilterFlags, readFilter, readMax } from './flags.ts';
import { chooseSubscribers, confirmReceiving, type DeadLetterQueue, openQueues } from './queues.ts';

/** Failures that are shown one by one. */
const SHOWN_FAILURES = 20;

interface RedriveFlags extends FilterFlags {
  readonly rate?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
}

interface Request {
  readonly filter: DeadLetterFilter;
  readonly max: number | undefined;
  readonly rate: number | undefined;
  /** Name of the queue that all go to, in place of where they came from. */
  readonly to: string | undefined;
  readonly dryRun: boolean;
}

/** What became of one subscriber's dead letters. */
interface Outcome {
  readonly name: string;
  /** `task`: SQS's own move task. `messages`: received, sent and deleted here. */
  readonly method: 'task' | 'messages';
  readonly matched: number;
  readonly redriven: number;
  readonly failures: readonly RedriveFailure[];
  readonly fatal: AppError | undefined;
}

/** `pubsub dlq redrive <subscriber>` */
export function defineRedrive(command: Command, run: Runner): void {
  addFilterFlags(
    addExamples(
      command,
      [
        'pubsub dlq redrive ledger',
        'pubsub dlq redrive ledger --dry-run',
        'pubsub dlq redrive ledger --id 6f1c… --id 90ab…',
        "pubsub dlq redrive fraud --where 'amount>100' --max 50 --rate 10",
        'pubsub dlq redrive ledger --to mail-by-hand-queue',
      ],
      'pubsub listen ledger',
    ).argument('[subscriber]', 'one of the topology, or all'),
    'how many at the most',
  )
    .option('--rate <n>', 'messages a second at the most')
    .option('--to <queue>', 'to this queue: name, ARN or URL')
    .option('-n, --dry-run', 'show which ones, and send none')
    .addHelpText(
      'after',
      'At least once: a message is deleted when its queue has confirmed it. A run that\nis killed in between may send it twice, with the same event_id; run it again.\n',
    )
    .action((subscriber: string | undefined, flags: RedriveFlags) =>
      run(command, (context) => redriveAll(command, context, subscriber, flags)),
    );
}

async function redriveAll(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: RedriveFlags,
): Promise<ExitCode> {
  const { io, printer } = context;
  const request: Request = {
    filter: readFilter(flags),
    max: readMax(flags),
    rate: flags.rate === undefined ? undefined : parseRate(flags.rate),
    to: flags.to === undefined ? undefined : queueNameOf(flags.to),
    dryRun: flags.dryRun ?? false,
  };
  const specs = await chooseSubscribers(context, word, flags);
  const { transport, queues } = await openQueues(command, context, specs);
  if (!isUnfiltered(request.filter) || request.dryRun) await confirmReceiving(context, queues);
  const outcomes: Outcome[] = [];
  for (const queue of queues) {
    if (io.interrupts.stop.aborted) break;
    outcomes.push(await redriveOne(command, context, transport, queue, request));
  }
  const sum = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const redriven = sum((outcome) => outcome.redriven);
  const fatal = outcomes.find((outcome) => outcome.fatal)?.fatal;
  if (fatal && redriven === 0 && outcomes.length === 1) throw fatal;
  printer.document({
    dryRun: request.dryRun,
    matched: sum(({ matched }) => matched),
    redriven,
    failed: sum(({ failures }) => failures.length),
    subscribers: outcomes.map(({ fatal: error, ...outcome }) => ({
      ...outcome,
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
    })),
  });
  if (io.interrupts.stop.aborted) {
    printer.warn('Interrupted: what is counted was sent back. Run it again to go on.');
    return EXIT.interrupted;
  }
  if (fatal) return fatal.exitCode;
  if (outcomes.some(({ failures }) => failures.length > 0)) return EXIT.failed;
  const [only] = outcomes;
  if (redriven > 0 && only && request.to === undefined) {
    const who = outcomes.length === 1 ? only.name : 'all';
    printer.note(`Next: ${commandLine(command, `listen ${who}`)}`);
  }
  return EXIT.done;
}

async function redriveOne(
  command: Command,
  context: CommandContext,
  transport: Transport,
  queue: DeadLetterQueue,
  request: Request,
): Promise<Outcome> {
  const { spec } = queue;
  const { filter, max, rate, to, dryRun } = request;
  const destination = await findDestination(command, transport, queue, to);
  const whole = rate === undefined || (Number.isInteger(rate) && rate <= MAX_MOVE_RATE);
  const byTask = isUnfiltered(filter) && max === undefined && !dryRun && whole && to === undefined;
  const done =
    byTask && transport.aws && queue.sqs && destination.sqs
      ? await redriveByTask(context, transport.aws.aws, queue, {
          dlqUrl: queue.sqs.url,
          dlqArn: queue.sqs.arn,
          queueUrl: destination.sqs.url,
          queueArn: destination.sqs.arn,
          rate,
        })
      : undefined;
  const stopped = context.io.interrupts.stop.aborted;
  // A task leaves out what somebody holds, as a run does that was killed.
  const all = done?.kind === 'ended' && done.completed && queue.hidden === 0;
  if (done?.kind === 'ended' && (all || done.goesOn || stopped)) {
    const { moved: redriven } = done;
    tell(context, queue, redriven, done.goesOn ? 'the task goes on' : undefined);
    return {
      name: spec.name,
      method: 'task',
      matched: redriven,
      redriven,
      failures: [],
      fatal: undefined,
    };
  }
  const before = done?.kind === 'ended' ? done.moved : 0;
  if (done?.kind === 'ended' && !done.completed) {
    context.printer.note(
      `The move task ended early (${done.failureReason ?? 'no reason given'}); going on without it.`,
    );
  } else if (done?.kind === 'unavailable') {
    context.printer.detail(`No move task here (${done.error.code}); sending one by one.`);
  }
  const outcome = await redriveByHand(context, queue, destination.queue, request, before);
  return {
    ...outcome,
    matched: outcome.matched + before,
    redriven: outcome.redriven + before,
  };
}

async function findDestination(
  command: Command,
  transport: Transport,
  { spec }: DeadLetterQueue,
  to: string | undefined,
): Promise<FoundStored> {
  const name = to ?? spec.queue;
  const found = await transport.findStored(name);
  if (found) return found;
  throw new AppError({
    code: 'QueueNotFound',
    message: `There is no queue "${name}" to send to.`,
    hint:
      to === undefined
        ? `Create it with: ${commandLine(command, 'setup')}`
        : transport.aws && `See which there are: ${commandLine(command, 'ls')}`,
  });
}

async function redriveByTask(
  { io, printer }: CommandContext,
  aws: Aws,
  { spec, visible }: DeadLetterQueue,
  way: Pick<MoveTaskOptions, 'dlqUrl' | 'dlqArn' | 'queueUrl' | 'queueArn' | 'rate'>,
): Promise<MoveTaskResult | undefined> {
  // A task that finds nothing would only take time.
  if (visible === 0) return undefined;
  const { moveByTask } = await import('../../lib/dead-letters/move-task.ts');
  const progress = printer.progress(`Moving dead letters of ${spec.name}`);
  try {
    return await moveByTask({
      aws,
      ...way,
      signal: io.interrupts.stop,
      onJoined: () => printer.note('A move task runs already; following it.'),
      onProgress: (moved, toMove = visible) =>
        progress.update(`Moving dead letters of ${spec.name}: ${moved} of about ${toMove}`),
    });
  } finally {
    progress.clear();
  }
}

async function redriveByHand(
  context: CommandContext,
  queue: DeadLetterQueue,
  destination: StoredQueue,
  request: Request,
  /** Sent back already. */
  before: number,
): Promise<Outcome> {
  const { io, printer } = context;
  const { spec, visible } = queue;
  const { dryRun } = request;
  const { redrive } = await import('../../lib/dead-letters/redrive.ts');
  const progress = printer.progress(`${dryRun ? 'Looking into' : 'Emptying'} ${spec.dlq}`);
  const show = (letter: DeadLetter): void => printer.text(renderSelected(letter, printer.style));
  const result = await redrive({
    dlq: queue.queue,
    queue: destination,
    signal: io.interrupts.stop,
    waitForHidden: true,
    toOneQueue: request.to !== undefined,
    ...request,
    ...(dryRun ? { onMeant: show } : {}),
    onProgress: (moved, looked) =>
      progress.update(`${spec.dlq}: ${moved} sent back, ${looked} of about ${visible} looked at`),
    onWait: (hidden, seconds) => {
      printer.note(
        `${hidden} held by somebody else, or by a run that was killed: waiting up to ${seconds} s.`,
      );
    },
  }).finally(() => progress.clear());
  const { matched, moved, failures, fatal } = result;
  for (const { messageId, reason } of failures.slice(0, SHOWN_FAILURES)) {
    printer.warn(`${messageId}: ${reason}`);
  }
  if (failures.length > SHOWN_FAILURES) printer.warn('More failed; --json has them all.');
  if (fatal) printer.warn(`${fatal.message} ${fatal.hint ?? ''}`.trim());
  if (dryRun) {
    const some = matched === 1 ? '1 dead letter' : `${matched} dead letters`;
    printer.text(
      `Dry run: ${some} of ${spec.name} would go to ${request.to ?? spec.queue}. Nothing was sent.`,
    );
  } else {
    const failed = failures.length > 0 ? `${failures.length} failed` : undefined;
    tell(context, queue, before + moved, failed, request.to);
  }
  return { name: spec.name, method: 'messages', matched, redriven: moved, failures, fatal };
}

function tell(
  { printer }: CommandContext,
  { spec }: DeadLetterQueue,
  redriven: number,
  remark: string | undefined,
  to: string = spec.queue,
): void {
  const some = redriven === 1 ? '1 dead letter' : `${redriven} dead letters`;
  const way = to === spec.queue ? 'sent back' : 'sent';
  const text = redriven === 0 ? 'nothing to send back' : `${some} ${way} to ${to}`;
  printer.text(`${spec.name}: ${text}${remark ? ` (${remark})` : ''}`);
}

function queueNameOf(text: string): string {
  if (text.startsWith('http')) return queueNameFromUrl(text);
  const arn = parseArn(text);
  if (arn?.service === 'sns') {
    throw usageError(
      `--to ${text} is a topic; dead letters go to a queue.`,
      'What was published goes to every subscriber again with: pubsub replay all --since 1h',
    );
  }
  return arn?.resource ?? text;
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0) return rate;
  throw usageError(`--rate must be a number above 0, not "${text}".`, 'Such as --rate 10');
}
