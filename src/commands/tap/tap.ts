import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderTapSummary } from '../../lib/ui/tap.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { stoppedEarly, unlessStopped } from '../reading.ts';
import { addResourceOptions, topicFor } from '../topology.ts';
import { openTransport } from '../transport.ts';
import { tapBroker } from './on-broker.ts';
import { tapTopic } from './on-sns.ts';
import { printFailure, type TapEnded } from './output.ts';
import { readTapRequest, type TapFlags } from './request.ts';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `pubsub tap`: watches a topic through a queue of its own. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub tap',
      "pubsub tap --filter event_type=payment.captured --where 'amount>100'",
      'pubsub tap --subscriber ledger --since 10m',
      'pubsub tap --json --max 10 | jq .event',
    ],
    'pubsub publish payment.captured, in another terminal',
  )
    .option('--filter <policy>', 'filter policy of the tap: name=value, JSON, or a file')
    .option('--scope <scope>', 'what it looks at: attributes (default) or body')
    .option('--subscriber <name>', 'what the filter of this subscriber lets through')
    .option('--where <expr>', "show by field: 'amount>100'; may be repeated", collect)
    .option('--since <time>', 'begin with what was published since, such as 10m (engine)')
    .option('--raw', 'bodies only')
    .option('-n, --max <n>', 'end after n messages')
    .option('--idle-timeout <time>', 'end after this time with nothing to show')
    .option('--duration <time>', 'end after this time, such as 30s or 5m');
  addResourceOptions(command).action((flags: TapFlags) =>
    run(command, (context) => tap(command, context, flags)),
  );
}

async function tap(command: Command, context: CommandContext, flags: TapFlags): Promise<ExitCode> {
  const { io, printer } = context;
  const { topology, topic } = await topicFor(context, flags);
  const request = readTapRequest(context, topology, flags);
  const reached = await unlessStopped(context, () => openTransport(context));
  if (reached === undefined || io.interrupts.stop.aborted) return stoppedEarly(context);
  const { broker } = reached.result;
  const begun = performance.now();
  const ended = await withStopSignal<TapEnded | undefined>(context, (signal) => {
    const source = { topology, topic, signal };
    return broker
      ? tapBroker(context, broker, source, request)
      : tapTopic(command, context, source, request);
  });
  if (ended === undefined) return stoppedEarly(context);
  const { outcome: summary, removed } = ended;
  if (summary instanceof AppError) return printFailure(context, summary);
  const seconds = (performance.now() - begun) / 1000;
  printer.note(renderTapSummary(summary, seconds, printer.noteStyle));
  return removed ? EXIT.done : EXIT.failed;
}

/** Runs work with a signal that is aborted when the command is to stop. */
async function withStopSignal<T>(
  { io }: CommandContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  io.interrupts.stop.addEventListener('abort', stop, { once: true });
  try {
    return await work(ending.signal);
  } finally {
    io.interrupts.stop.removeEventListener('abort', stop);
  }
}
