import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { UnsentLine } from '../../lib/dead-letters/import-lines.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { checkReadable } from '../given-file.ts';
import { reading } from '../reading.ts';
import { addResourceOptions, type ResourceFlags } from '../topology.ts';
import { openTransport } from '../transport.ts';
import { chooseQueues, chooseSubscribers } from './queues.ts';

/** Lines that are shown one by one. */
const SHOWN_LINES = 20;

interface ImportFlags extends ResourceFlags {
  readonly file: string;
  readonly toDlq?: boolean;
}

/** `pubsub dlq import <subscriber> --file F` */
export function defineImport(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub dlq import ledger --file dead.jsonl',
      'pubsub dlq import ledger --file dead.jsonl --to-dlq',
      'head -5 dead.jsonl | pubsub dlq import ledger --file -',
    ],
    'pubsub listen ledger',
  )
    .argument('[subscriber]', 'one of the topology')
    .requiredOption('-f, --file <path>', 'lines of dlq export; - reads stdin')
    .option('--to-dlq', 'into the dead-letter queue instead of the queue');
  addResourceOptions(command).action((subscriber: string | undefined, flags: ImportFlags) =>
    run(command, (context) => importAll(command, context, subscriber, flags)),
  );
}

async function importAll(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: ImportFlags,
): Promise<ExitCode> {
  const { file, toDlq = false } = flags;
  const { io, printer } = context;
  const names = toDlq
    ? (await chooseSubscribers(context, word, flags)).map(({ dlq }) => dlq)
    : (await chooseQueues(context, word, flags)).map(({ queue }) => queue);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    throw usageError(
      'Import goes to one subscriber.',
      'Such as: pubsub dlq import ledger --file F',
    );
  }
  const path = file === '-' ? undefined : resolve(io.cwd, file);
  if (path !== undefined) await checkReadable(io.cwd, file, '--file');
  const transport = await reading(context, undefined, () => openTransport(context));
  const queue = await transport.findDestination(name);
  if (queue === undefined) {
    throw new AppError({
      code: 'QueueNotFound',
      message: `There is no queue "${name}".`,
      hint: `Create it with: ${commandLine(command, 'setup')}`,
    });
  }
  const { importLines } = await import('../../lib/dead-letters/import-lines.ts');
  const unsent: UnsentLine[] = [];
  const progress = printer.progress(`Sending to ${name}`);
  const { sent, lastLine, fatal } = await importLines(
    path === undefined ? io.stdin : createReadStream(path),
    {
      queue,
      signal: io.interrupts.stop,
      onUnsent: (line) => {
        unsent.push(line);
        if (unsent.length <= SHOWN_LINES) printer.warn(`Line ${line.line}: ${line.message}`);
        else if (unsent.length === SHOWN_LINES + 1) printer.warn('More; --json has them all.');
      },
      onProgress: (count) => progress.update(`Sending to ${name}: ${count}`),
    },
  ).finally(() => progress.clear());
  if (fatal && sent === 0) throw fatal;
  printer.document({ queue: name, sent, failed: unsent.length, lastLine, failures: unsent });
  const some = sent === 1 ? '1 message' : `${sent} messages`;
  const left = unsent.length > 0 ? `, ${unsent.length} left out` : '';
  printer.text(`${some} sent to ${name}${left}`);
  if (fatal) printer.warn(`Stopped after line ${lastLine}: ${fatal.message} ${fatal.hint ?? ''}`);
  if (io.interrupts.stop.aborted) {
    printer.warn(`Interrupted after line ${lastLine}; go on with the lines behind it.`);
    return EXIT.interrupted;
  }
  return fatal?.exitCode ?? (unsent.length > 0 ? EXIT.failed : EXIT.done);
}
