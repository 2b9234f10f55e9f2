import type { Command } from 'commander';
import type { StoredMessage } from '../../lib/aws/stored-message.ts';
import { ageSeconds } from '../../lib/dead-letters/dead-letter.ts';
import { findDeadLetterSources } from '../../lib/definition/find.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderDeadLetterQueues } from '../../lib/ui/dead-letters.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { addResourceOptions, type ResourceFlags, topologyOnTarget } from '../topology.ts';
import { confirmReceiving, type DeadLetterQueue, findQueues } from './queues.ts';

/** Messages of a queue that `--ages` looks at. */
const SAMPLE = 100;

interface LsFlags extends ResourceFlags {
  readonly ages?: boolean;
}

/** `pubsub dlq ls` */
export function defineLs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub dlq ls', 'pubsub dlq ls --ages', 'pubsub dlq ls --json'],
    'pubsub dlq show ledger',
  )
    .argument('[subscriber]', 'one of the topology, or all')
    .option('--ages', `also the oldest of up to ${SAMPLE} of each; counts as a receive`);
  addResourceOptions(command).action((subscriber: string | undefined, flags: LsFlags) =>
    run(command, (context) => ls(command, context, subscriber ?? 'all', flags)),
  );
}

async function ls(
  command: Command,
  context: CommandContext,
  word: string,
  flags: LsFlags,
): Promise<ExitCode> {
  const { ages = false } = flags;
  const { printer } = context;
  const specs = findDeadLetterSources(await topologyOnTarget(context, flags), word);
  const { transport, found } = await findQueues(context, specs);
  const queues = found.filter((queue) => queue !== undefined);
  const oldest = ages ? await oldestOf(context, queues) : new Map<string, number | null>();
  const subscribers = specs.map(({ name, dlq }, index) => {
    const queue = found[index];
    return {
      name,
      dlq,
      exists: queue !== undefined,
      depth: queue ? queue.visible + queue.hidden : null,
      // A broker counts what waits, and tells of nobody who holds some.
      inFlight: queue?.sqs ? queue.hidden : null,
      oldestAgeSeconds: oldest.get(name) ?? null,
    };
  });
  printer.document({ ...targetDocument(transport.identity), subscribers });
  for (const line of renderDeadLetterQueues(subscribers, ages, printer.style)) printer.text(line);
  const first = subscribers.find(({ depth }) => (depth ?? 0) > 0);
  if (queues.length < specs.length) {
    printer.note(`Something is missing. Fix it with: ${commandLine(command, 'setup')}`);
  } else if (first) {
    printer.note(`Next: ${commandLine(command, `dlq show ${first.name}`)}`);
  }
  return EXIT.done;
}

/** The age of the oldest message of each queue, among those that a short look sees. */
async function oldestOf(
  context: CommandContext,
  queues: readonly DeadLetterQueue[],
): Promise<Map<string, number | null>> {
  await confirmReceiving(context, queues);
  const { createHold, lookThrough } = await import('../../lib/dead-letters/hold.ts');
  const { stop } = context.io.interrupts;
  const progress = context.printer.progress('Looking for the oldest');
  const ages = new Map<string, number | null>();
  try {
    for (const { spec, queue, visible } of queues) {
      const hold = createHold(queue);
      const seen: StoredMessage[] = [];
      try {
        const options = { signal: stop, limit: SAMPLE, expected: visible };
        for await (const messages of lookThrough(hold, options)) seen.push(...messages);
      } finally {
        await hold.release();
      }
      const now = Date.now();
      const most = Math.max(...seen.map((message) => ageSeconds(message, now)));
      ages.set(spec.name, seen.length === 0 ? null : most);
    }
  } finally {
    progress.clear();
  }
  return ages;
}
