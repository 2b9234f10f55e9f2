import type { Command } from 'commander';
import {
  ageSeconds,
  type DeadLetter,
  type DeadLetterFilter,
  isMeant,
  isUnfiltered,
  readDeadLetter,
} from '../../lib/dead-letters/dead-letter.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { renderDeadLetter } from '../../lib/ui/dead-letters.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { addFilterFlags, type FilterFlags, readFilter, readMax } from './flags.ts';
import { toldByFunction } from './function-reasons.ts';
import {
  chooseSubscribers,
  confirmReceiving,
  type DeadLetterQueue,
  openQueues,
  type Reason,
  reasonOf,
} from './queues.ts';

const NOTHING = { visible: 0, hidden: 0 } as const;
/** Dead letters that are shown unless `--max` says otherwise. */
const SHOWN = 10;

/** `pubsub dlq show <subscriber>` */
export function defineShow(command: Command, run: Runner): void {
  addFilterFlags(
    addExamples(
      command,
      [
        'pubsub dlq show ledger',
        "pubsub dlq show ledger --event-type payment.captured --where 'amount>9'",
        'pubsub dlq show all --older-than 1h --max 50 --json',
      ],
      'pubsub dlq redrive ledger --id <id>',
    ).argument('[subscriber]', 'one of the topology, or all'),
    `how many to show (default: ${SHOWN})`,
  ).action((subscriber: string | undefined, flags: FilterFlags) =>
    run(command, (context) => show(command, context, subscriber, flags)),
  );
}

interface Found {
  readonly letter: DeadLetter;
  readonly reason: Reason | undefined;
}

async function show(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: FilterFlags,
): Promise<ExitCode> {
  const { io, printer } = context;
  const filter = readFilter(flags);
  const max = readMax(flags) ?? SHOWN;
  const specs = await chooseSubscribers(context, word, flags);
  const { transport, queues } = await openQueues(command, context, specs);
  await confirmReceiving(context, queues);
  const { readReasons } = await import('../../lib/consume/failure-reasons.ts');
  const records: unknown[] = [];
  let looked = 0;
  let depth = 0;
  for (const queue of queues) {
    const progress = printer.progress(`Looking into ${queue.spec.dlq}`);
    const seen = await look(queue, filter, max, {
      signal: io.interrupts.stop,
      onLooked: (count) => progress.update(`Looking into ${queue.spec.dlq}: ${count}`),
    }).finally(() => progress.clear());
    const kept = await readReasons(context.settings.stateDir, queue.spec.queue);
    const told = transport.aws
      ? await toldByFunction(context, transport.aws.aws, queue, seen.letters)
      : () => undefined;
    const found = seen.letters.map((letter) => ({
      letter,
      reason: reasonOf(letter, kept) ?? told(letter),
    }));
    looked += seen.looked;
    depth += queue.visible + queue.hidden;
    records.push(...found.map((each) => record(queue, each)));
    print(command, context, queue, found, seen);
    if (queue.visible + queue.hidden === 0) await tellUnderWay(context, transport, queue);
    if (io.interrupts.stop.aborted) break;
  }
  printer.document({ messages: records, looked, depth });
  if (io.interrupts.stop.aborted) {
    printer.warn('Interrupted: what was looked at is in the queue again.');
    return EXIT.interrupted;
  }
  return EXIT.done;
}

/** Looks until enough is found; everything is in the queue again afterwards. */
async function look(
  { queue, visible }: DeadLetterQueue,
  filter: DeadLetterFilter,
  max: number,
  { signal, onLooked }: { signal: AbortSignal; onLooked: (count: number) => void },
): Promise<{ letters: DeadLetter[]; looked: number; all: boolean }> {
  const { createHold, lookThrough } = await import('../../lib/dead-letters/hold.ts');
  const hold = createHold(queue);
  const letters: DeadLetter[] = [];
  let looked = 0;
  let all = true;
  try {
    const limit = isUnfiltered(filter) ? max : Number.POSITIVE_INFINITY;
    for await (const messages of lookThrough(hold, { signal, limit, expected: visible })) {
      looked += messages.length;
      onLooked(looked);
      const now = Date.now();
      const meant = messages.map(readDeadLetter).filter((each) => isMeant(each, filter, now));
      letters.push(...meant);
      if (letters.length > max || (letters.length === max && looked < visible)) {
        all = false;
        break;
      }
    }
  } finally {
    await hold.release();
  }
  return { letters: letters.slice(0, max), looked, all };
}

function print(
  command: Command,
  context: CommandContext,
  { spec, sqs, visible, hidden }: DeadLetterQueue,
  found: readonly Found[],
  { looked, all }: { readonly looked: number; readonly all: boolean },
): void {
  const { printer } = context;
  const depth = visible + hidden;
  const of = depth === 1 ? '1 dead letter' : `${sqs ? 'about ' : ''}${depth} dead letters`;
  if (depth === 0 && found.length === 0) {
    printer.text(`${spec.dlq}: empty`);
    return;
  }
  const title = found.length === 0 ? `none of ${of} is meant` : `${found.length} shown of ${of}`;
  printer.text(printer.style.bold(`${spec.dlq}: ${title}`));
  for (const { letter, reason } of found) {
    printer.text('');
    const lines = renderDeadLetter({ letter, reason, now: Date.now() }, printer.style);
    for (const line of lines) printer.text(line);
  }
  if (!all) printer.note('There are more: see --max and the filters.');
  else if (looked < depth && spec.dlq.endsWith('.fifo')) {
    printer.note('Of each group SQS shows the first ten only, until these are gone.');
  } else if (looked < depth) {
    printer.note(`${depth - looked} can't be seen now: somebody holds them. Look again in 30 s.`);
  }
  const [first] = found;
  if (first) {
    const { messageId } = first.letter.message;
    const words = found.length === 1 ? `${spec.name} --id ${messageId}` : spec.name;
    printer.note(`Next: ${commandLine(command, `dlq redrive ${words}`)}`);
  }
}

/** Says of an empty dead-letter queue what may come to it yet: a failure is no dead letter before its last receive. */
async function tellUnderWay(
  { printer }: CommandContext,
  transport: Transport,
  { spec }: DeadLetterQueue,
): Promise<void> {
  const { visible, hidden } = (await transport.findStored(spec.queue)) ?? NOTHING;
  const count = visible + hidden;
  if (count === 0) return;
  const { queue, maxReceiveCount, visibilityTimeout } = spec;
  const hold = count === 1 ? '1 message is' : `about ${count} messages are`;
  const apart = maxReceiveCount > 1 ? `, ${visibilityTimeout} s apart` : '';
  printer.note(
    `${hold} in ${queue}: what fails comes here after ${maxReceiveCount === 1 ? '1 receive' : `${maxReceiveCount} receives`}${apart}.`,
  );
}

function record({ spec }: DeadLetterQueue, { letter, reason }: Found): Record<string, unknown> {
  const { message, eventId, eventType, fields, text, subject, attributes } = letter;
  return {
    subscriber: spec.name,
    messageId: message.messageId,
    eventId: eventId ?? null,
    eventType: eventType ?? null,
    event: fields ?? null,
    ...(fields === undefined ? { body: text } : {}),
    subject: subject ?? null,
    attributes,
    groupId: message.groupId ?? null,
    receiveCount: message.receiveCount,
    sentAt: new Date(message.sentAt).toISOString(),
    ageSeconds: ageSeconds(message, Date.now()),
    sourceArn: message.sourceArn ?? null,
    ...(message.sourceQueue === undefined ? {} : { sourceQueue: message.sourceQueue }),
    reason: reason?.reason ?? null,
    reasonBy: reason?.by ?? null,
    reasonTime: reason?.time ?? null,
  };
}
