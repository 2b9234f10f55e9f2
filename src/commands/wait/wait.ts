import type { Command } from 'commander';
import { backgroundStatus, MAX_WAIT_COUNT, waitInQueue } from '../../lib/engine/background.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { readWholeNumber } from '../whole-number.ts';

interface WaitFlags {
  readonly queue?: string;
  readonly count: string;
  readonly where?: string;
  readonly timeout: string;
}

/** `pubsub wait` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub wait --queue payments-ledger-queue',
      'pubsub wait --queue payments-ledger-queue --count 3 --timeout 10s',
      `pubsub wait --queue audit --where '{"event_type":["payment.captured"]}'`,
      'pubsub wait --queue payments-ledger-queue --count 0   # until it is empty',
    ],
    'pubsub listen ledger',
  )
    .option('--queue <name>', 'name, ARN or URL of the queue, which need not be there yet')
    .option('--count <n>', 'messages at least; 0 until there is none', '1')
    .option('--where <policy>', 'count those that this filter policy lets through, by their body')
    .option('--timeout <time>', 'give up after this long', '10s')
    .action((flags: WaitFlags) => run(command, (context) => wait(context, flags)));
}

async function wait(context: CommandContext, flags: WaitFlags): Promise<undefined> {
  const { io, printer } = context;
  const { queue, count, where, timeout } = flags;
  if (queue === undefined) {
    throw usageError('--queue is missing.', 'pubsub wait --queue payments-ledger-queue');
  }
  readWholeNumber('--count', count, [0, MAX_WAIT_COUNT], '--count 3');
  const seconds = parseDuration('--timeout', timeout);
  const endpoint = await endpointOf(context);
  const progress = printer.progress(`Waiting for messages in ${queue}`);
  try {
    const messages = await waitInQueue(
      endpoint,
      { queue, count, timeout: `${seconds}s`, ...(where === undefined ? {} : { where }) },
      { token: io.env.PUBSUB_TOKEN, signal: io.interrupts.stop },
    );
    progress.clear();
    printer.document({ queue, messages });
    for (const { messageId, event, body } of messages) {
      printer.text(`${messageId}  ${shownText(JSON.stringify(event ?? body))}`);
    }
    if (messages.length === 0) printer.text(`${queue} is empty`);
  } finally {
    progress.clear();
  }
  return undefined;
}

/** Only the embedded engine can look into a queue without receiving. */
async function endpointOf({ settings }: CommandContext): Promise<string> {
  const { target, stateDir } = settings;
  if (target.kind === 'endpoint') return target.sqs;
  if (target.kind === 'aws') {
    throw usageError(
      'pubsub wait works on the local engine: on AWS, looking into a queue takes its messages.',
      'pubsub wait --target local --queue NAME',
    );
  }
  const { running, endpoint } = await backgroundStatus(stateDir);
  if (running) return endpoint;
  throw new AppError({
    code: 'NotRunning',
    message: 'No local engine is running, so there is no queue to wait for.',
    hint: 'pubsub local start',
  });
}
