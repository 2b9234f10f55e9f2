import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { openOutbox } from './open.ts';

/** `pubsub outbox retry` */
export function defineRetry(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub outbox retry', 'pubsub outbox retry --id 41', 'pubsub outbox retry --json'],
    'pubsub outbox status',
  )
    .option('--id <id>', 'by the number that status shows, or event id; may be repeated', collect)
    .action((flags: { id?: readonly string[] }) =>
      run(command, (context) => retry(context, flags)),
    );
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function retry(
  context: CommandContext,
  flags: { id?: readonly string[] },
): Promise<ExitCode> {
  const { printer } = context;
  const outbox = await openOutbox(context);
  try {
    const events = await outbox.retry(flags.id);
    const missing = (flags.id ?? []).filter(
      (id) => !events.some((event) => event.id === id || event.eventId === id.toLowerCase()),
    );
    if (missing.length > 0) {
      throw new AppError({
        code: 'EventNotFailing',
        message: `No failing event has the id ${missing.join(', ')}.${events.length > 0 ? ` ${made(events.length)}` : ''}`,
        hint: 'See the failing ones with: pubsub outbox status',
      });
    }
    printer.document({ database: outbox.place, retried: events.length, events });
    printer.text(
      events.length === 0 ? 'Nothing fails: nothing to try again.' : made(events.length),
    );
    if (events.length > 0 && !outbox.served) {
      printer.note('A running server publishes them: pubsub serve');
    }
  } finally {
    await outbox.close();
  }
  return EXIT.done;
}

function made(count: number): string {
  return `${count} ${count === 1 ? 'event is' : 'events are'} due now.`;
}
