import type { Command } from 'commander';
import { EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { renderOutbox } from '../../lib/ui/outbox.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { reading } from '../reading.ts';
import { openOutbox } from './open.ts';

/** Failing events that are listed unless `--max` says otherwise. */
const SHOWN = 10;

/** `pubsub outbox status` */
export function defineStatus(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub outbox status',
      'pubsub outbox status --max 100 --json',
      'DATABASE_URL=postgres://localhost/orders pubsub outbox status',
    ],
    'pubsub outbox retry',
  )
    .option('--max <n>', `failing events to list (default: ${SHOWN})`)
    .action((flags: { max?: string }) =>
      run(command, (context) => status(context, readMax(flags.max))),
    );
}

function readMax(text: string | undefined): number {
  if (text === undefined) return SHOWN;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw usageError(`--max must be a whole number up to 999999, not "${text}".`, 'Such as --max 50');
}

async function status(context: CommandContext, max: number): Promise<ExitCode> {
  const { printer } = context;
  const outbox = await openOutbox(context);
  try {
    const found = await reading(context, 'Reading the outbox', () => outbox.status(max));
    printer.document({ database: outbox.place, ...found });
    printer.text(`${printer.style.dim('database')} ${outbox.place}`);
    for (const line of renderOutbox(found, printer.style)) printer.text(line);
    if (found.failing > 0) printer.note('Try them again now with: pubsub outbox retry');
  } finally {
    await outbox.close();
  }
  return EXIT.done;
}
