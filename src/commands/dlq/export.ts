import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type DeadLetterFilter,
  isMeant,
  isUnfiltered,
  readDeadLetter,
} from '../../lib/dead-letters/dead-letter.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { addFilterFlags, type FilterFlags, readFilter, readMax } from './flags.ts';
import {
  chooseSubscribers,
  confirmReceiving,
  type DeadLetterQueue,
  openQueues,
  reasonOf,
} from './queues.ts';

interface ExportFlags extends FilterFlags {
  readonly to?: string;
}

/** `pubsub dlq export <subscriber>` */
export function defineExport(command: Command, run: Runner): void {
  addFilterFlags(
    addExamples(
      command,
      [
        'pubsub dlq export ledger --to dead.jsonl',
        'pubsub dlq export all --newer-than 1d | jq -r .reason',
      ],
      'pubsub dlq purge ledger, or pubsub dlq import ledger --file dead.jsonl',
    ).argument('[subscriber]', 'one of the topology, or all'),
    'how many at the most, of each subscriber',
  )
    .option('--to <path>', 'a file; stdout unless given')
    .action((subscriber: string | undefined, flags: ExportFlags) =>
      run(command, (context) => exportAll(command, context, subscriber, flags)),
    );
}

async function exportAll(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: ExportFlags,
): Promise<ExitCode> {
  const { io, printer, settings } = context;
  const filter = readFilter(flags);
  const max = readMax(flags) ?? Number.POSITIVE_INFINITY;
  const specs = await chooseSubscribers(context, word, flags);
  const path = flags.to === undefined ? undefined : resolve(io.cwd, flags.to);
  await agreeToReplace(context, path);
  const { queues } = await openQueues(command, context, specs);
  await confirmReceiving(context, queues);
  const { exportRecord } = await import('../../lib/dead-letters/dead-letter-lines.ts');
  const { readReasons } = await import('../../lib/consume/failure-reasons.ts');
  const file = path === undefined ? undefined : await create(path);
  const progress = printer.progress('Exporting');
  let exported = 0;
  try {
    for (const queue of queues) {
      const { name: subscriber, dlq, queue: source } = queue.spec;
      const kept = await readReasons(settings.stateDir, source);
      const options = { filter, max, signal: io.interrupts.stop };
      for await (const letters of meantOf(queue, options)) {
        const records = letters.map((letter) => {
          const { message } = letter;
          const reason = reasonOf(letter, kept)?.reason;
          return {
            ...exportRecord(message, { subscriber, dlq, reason }),
            ...queue.queue.lines?.further(message),
          };
        });
        if (file) await file.write(records.map((each) => `${JSON.stringify(each)}\n`).join(''));
        else {
          for (const record of records) {
            printer.record(record);
            printer.text(JSON.stringify(record));
          }
        }
        exported += records.length;
        progress.update(`Exporting: ${exported}`);
      }
      if (io.interrupts.stop.aborted) break;
    }
  } finally {
    progress.clear();
    await file?.close();
  }
  const some = exported === 1 ? '1 dead letter' : `${exported} dead letters`;
  if (file) {
    printer.document({ exported, file: path });
    printer.text(`${some} exported to ${flags.to}`);
  }
  printer.note(`${file ? 'They are' : `${some} exported;`} still in the queue.`);
  if (!io.interrupts.stop.aborted) return EXIT.done;
  printer.warn('Interrupted: not all were exported.');
  return EXIT.interrupted;
}

/** Dead letters that are meant; all that was looked at is in the queue again afterwards. */
async function* meantOf(
  { queue, visible }: DeadLetterQueue,
  options: {
    readonly filter: DeadLetterFilter;
    readonly max: number;
    readonly signal: AbortSignal;
  },
) {
  const { filter, max, signal } = options;
  const { createHold, lookThrough } = await import('../../lib/dead-letters/hold.ts');
  const hold = createHold(queue);
  const limit = isUnfiltered(filter) ? max : Number.POSITIVE_INFINITY;
  let found = 0;
  try {
    for await (const messages of lookThrough(hold, { signal, limit, expected: visible })) {
      const now = Date.now();
      const meant = messages
        .map(readDeadLetter)
        .filter((letter) => isMeant(letter, filter, now))
        .slice(0, max - found);
      found += meant.length;
      if (meant.length > 0) yield meant;
      if (found >= max) return;
    }
  } finally {
    await hold.release();
  }
}

/** An earlier export may be all that is left of its messages. */
async function agreeToReplace(
  { io, printer, yes }: CommandContext,
  path: string | undefined,
): Promise<void> {
  if (path === undefined || yes) return;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size === 0 || !found.isFile()) return;
  if (!(await confirm(io, printer, `Replace ${path}?`))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was exported.' });
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    // Only its user may read it: these are other people's messages.
    return await open(path, 'w', 0o600);
  } catch (error) {
    const problem = fileProblem(error);
    throw usageError(`${path} can't be written: ${problem}.`, 'Check --to.', 'FileNotWritable');
  }
}
