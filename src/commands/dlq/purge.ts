import type { Command } from 'commander';
import { type DeadLetterFilter, isUnfiltered } from '../../lib/dead-letters/dead-letter.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { addFilterFlags, type FilterFlags, readFilter, readMax } from './flags.ts';
import {
  chooseQueues,
  chooseSubscribers,
  confirmReceiving,
  type DeadLetterQueue,
  openQueues,
} from './queues.ts';

interface PurgeFlags extends FilterFlags {
  readonly dryRun?: boolean;
  readonly fromQueue?: boolean;
}

interface Request {
  readonly filter: DeadLetterFilter;
  readonly max: number | undefined;
  /** Everything: one call of SQS does it, and nothing is looked at. */
  readonly everything: boolean;
  /** What is dropped, such as "dead letter". */
  readonly noun: string;
}

/** `pubsub dlq purge <subscriber>` */
export function definePurge(command: Command, run: Runner): void {
  addFilterFlags(
    addExamples(
      command,
      [
        'pubsub dlq purge ledger',
        'pubsub dlq purge ledger --older-than 7d --yes',
        'pubsub dlq purge all --dry-run',
      ],
      'pubsub dlq export ledger --to dead.jsonl keeps a copy first',
    ).argument('[subscriber]', 'one of the topology, or all'),
    'how many at the most',
  )
    .option('-n, --dry-run', 'count them, and drop none')
    .option('--from-queue', 'chosen messages of the queue itself')
    .action((subscriber: string | undefined, flags: PurgeFlags) =>
      run(command, (context) => purge(command, context, subscriber, flags)),
    );
}

async function purge(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: PurgeFlags,
): Promise<ExitCode> {
  const { io, printer, yes } = context;
  const filter = readFilter(flags);
  const max = readMax(flags);
  const dryRun = flags.dryRun ?? false;
  const { fromQueue = false } = flags;
  const noun = fromQueue ? 'message' : 'dead letter';
  const request = { filter, max, everything: isUnfiltered(filter) && max === undefined, noun };
  if (fromQueue && isUnfiltered(filter)) {
    throw usageError(
      'With --from-queue it has to be said which messages.',
      'Such as --id 6f1c…; all of a queue goes with: aws sqs purge-queue --queue-url URL',
    );
  }
  const specs = fromQueue
    ? (await chooseQueues(context, word, flags)).map((spec) => ({ ...spec, dlq: spec.queue }))
    : await chooseSubscribers(context, word, flags);
  const { transport, queues } = await openQueues(command, context, specs);
  if (!request.everything) await confirmReceiving(context, queues);
  const counts = dryRun || !yes ? await countAll(context, queues, request) : undefined;
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  const stopped = io.interrupts.stop.aborted;
  if (counts && (dryRun || total === 0 || stopped)) {
    print(context, queues, counts, { dryRun, noun });
    if (stopped) {
      printer.warn('Interrupted; nothing was dropped.');
      return EXIT.interrupted;
    }
    if (dryRun) printer.note('Dry run: nothing was dropped.');
    return EXIT.done;
  }
  if (!yes) {
    const about = request.everything ? 'about ' : '';
    const what = total === 1 ? `1 ${noun}` : `${about}${total} ${noun}s`;
    const where = queues.map(({ spec }) => spec.dlq).join(', ');
    if (!(await confirm(io, printer, `Drop ${what} of ${where} for good?`))) {
      throw new AppError({ code: 'Declined', message: 'Nothing was dropped.' });
    }
  }
  return dropAll(context, transport, queues, request);
}

/** How many there are of each: SQS's approximate count, or as many as the filter means. */
async function countAll(
  { io, printer }: CommandContext,
  queues: readonly DeadLetterQueue[],
  { filter, max, everything }: Request,
): Promise<number[]> {
  if (everything) return queues.map(({ visible, hidden }) => visible + hidden);
  const { dropMatching } = await import('../../lib/dead-letters/drop.ts');
  const progress = printer.progress('Counting');
  const counts: number[] = [];
  try {
    for (const { queue } of queues) {
      const signal = io.interrupts.stop;
      const result = await dropMatching({ queue, filter, max, dryRun: true, signal });
      if (result.fatal) throw result.fatal;
      counts.push(result.matched);
    }
  } finally {
    progress.clear();
  }
  return counts;
}

async function dropAll(
  context: CommandContext,
  { aws }: Transport,
  queues: readonly DeadLetterQueue[],
  { filter, max, everything, noun }: Request,
): Promise<ExitCode> {
  const { io, printer } = context;
  const signal = io.interrupts.stop;
  const { dropMatching } = await import('../../lib/dead-letters/drop.ts');
  const progress = printer.progress(`Dropping ${noun}s`);
  const dropped: number[] = [];
  let failed = 0;
  let fatal: AppError | undefined;
  try {
    for (const { spec, queue, visible, hidden } of queues) {
      if (signal.aborted || fatal) break;
      if (everything) {
        const counted = await queue.purge().catch((error: unknown) => {
          if (!(error instanceof AppError) || dropped.length === 0) throw error;
          fatal = error;
          return undefined;
        });
        dropped.push(fatal ? 0 : (counted ?? visible + hidden));
        continue;
      }
      const onProgress = (count: number): void =>
        progress.update(`Dropping ${spec.name}: ${count}`);
      const options = { queue, filter, max, dryRun: false, signal, onProgress };
      const result = await dropMatching(options);
      dropped.push(result.dropped);
      failed += result.failures.length;
      fatal = result.fatal;
      for (const { messageId, reason } of result.failures) printer.warn(`${messageId}: ${reason}`);
    }
  } finally {
    progress.clear();
  }
  print(context, queues, dropped, { dryRun: false, noun, failed });
  if (fatal) printer.warn(`${fatal.message} ${fatal.hint ?? ''}`.trim());
  if (signal.aborted) {
    printer.warn('Interrupted: what is counted was dropped. Run it again to go on.');
    return EXIT.interrupted;
  }
  if (everything && aws?.aws.kind === 'aws' && !fatal) {
    printer.note('AWS takes up to 60 s for it, and may drop what arrives meanwhile.');
  }
  return fatal?.exitCode ?? (failed > 0 ? EXIT.failed : EXIT.done);
}

function print(
  { printer }: CommandContext,
  queues: readonly DeadLetterQueue[],
  counts: readonly number[],
  {
    dryRun,
    noun,
    failed = 0,
  }: { readonly dryRun: boolean; readonly noun: string; readonly failed?: number },
): void {
  const subscribers = queues.map(({ spec }, index) => ({
    name: spec.name,
    dlq: spec.dlq,
    [dryRun ? 'matched' : 'purged']: counts[index] ?? 0,
  }));
  const total = counts.reduce((sum, count) => sum + count, 0);
  printer.document({ dryRun, [dryRun ? 'matched' : 'purged']: total, failed, subscribers });
  queues.forEach(({ spec }, index) => {
    const count = counts[index] ?? 0;
    const some = count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
    const text = count === 0 ? 'nothing to drop' : `${some} ${dryRun ? 'would go' : 'dropped'}`;
    printer.text(`${spec.dlq}: ${text}`);
  });
}
