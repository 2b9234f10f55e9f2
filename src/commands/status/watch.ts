import type { Aws } from '../../lib/aws/clients.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { StatusSnapshot } from '../../lib/diagnose/status/status.ts';
import {
  checkConditions,
  type StatusCondition,
  type StatusFinding,
} from '../../lib/diagnose/status/status-condition.ts';
import { NO_HISTORY, withSnapshot } from '../../lib/diagnose/status/status-rates.ts';
import type { FunctionStatus } from '../../lib/functions/function-status.ts';
import { requestDollars } from '../../lib/rules/billing.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { readDuration } from '../../lib/rules/text/duration.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { renderFinding } from '../../lib/ui/status-findings.ts';
import type { CommandContext } from '../command.ts';
import { openWatchView } from './watch-view.ts';

/** Bounds of `--interval`, in seconds. */
const INTERVAL = { least: 0.2, most: 3600 } as const;
/** Seconds between two readings unless said otherwise: requests cost money on AWS, and its counts lag anyway. */
export const DEFAULT_INTERVAL = { aws: 5, elsewhere: 1 } as const;
/** Seconds for which the topic's subscriptions are taken as they were, on AWS. */
const SUBSCRIPTIONS_FOR = 60;

/** Reads `--interval`. @returns seconds; undefined unless given. @throws AppError (exit 2). */
export function readInterval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isPlain = /^\d{1,5}(\.\d{1,3})?$/.test(text);
  const seconds = isPlain ? Number(text) : (readDuration(text) ?? Number.NaN);
  if (seconds >= INTERVAL.least && seconds <= INTERVAL.most) return seconds;
  throw usageError(
    `--interval must be a time from ${INTERVAL.least}s to 1h, not "${shownText(text)}".`,
    'Such as --interval 5s or --interval 0.5',
  );
}

/**
 * Shows a status again and again, until Ctrl-C or until a condition holds.
 * @param options.interval seconds from one reading to the next; the target's default unless given.
 * @param options.conditions what ends it with exit code 3.
 */
export async function watch(
  context: CommandContext,
  transport: Transport,
  options: {
    readonly topology: Topology;
    readonly interval: number | undefined;
    readonly conditions: readonly StatusCondition[] | undefined;
  },
): Promise<ExitCode> {
  const { topology, conditions } = options;
  const { identity } = transport;
  const onAws = identity.target === 'aws';
  const interval = options.interval ?? DEFAULT_INTERVAL[onAws ? 'aws' : 'elsewhere'];
  const { watchStatus } = await import('../../lib/diagnose/status/watch-status.ts');
  const keptFor = onAws ? SUBSCRIPTIONS_FOR * 1000 : 0;
  const readQueues = await transport.statusReader(topology, { subscriptionsFor: keptFor });
  let functions: FunctionStatus | undefined;
  let functionsUntil = 0;
  const read = async () => {
    const isKept = performance.now() < functionsUntil;
    const [status, found] = await Promise.all([
      readQueues(),
      isKept ? functions : readFunctions(transport.aws?.aws, topology),
    ]);
    functions = found;
    if (!isKept) functionsUntil = performance.now() + keptFor;
    return status;
  };
  const view = openWatchView(context, {
    topic: topology.topics.map(({ name }) => name).join(', '),
    identity,
    pace: `every ${interval} s${onAws ? ` · ${price(topology, interval)}` : ''} · Ctrl-C ends`,
  });
  let history = NO_HISTORY;
  let failed: readonly StatusFinding[] = [];
  const check = (snapshot: StatusSnapshot): readonly StatusFinding[] | undefined =>
    conditions && checkConditions(conditions, snapshot.subscribers);
  try {
    const { stop: signal } = context.io.interrupts;
    for await (const event of watchStatus({ read, interval: interval * 1000, signal })) {
      if (event.kind === 'trouble') {
        view.trouble(event);
        continue;
      }
      history = withSnapshot(history, event.snapshot);
      const found = check(event.snapshot);
      view.snapshot(history, found, functions);
      failed = found ?? [];
      if (failed.length > 0) break;
    }
  } finally {
    view.close();
  }
  for (const finding of failed) context.printer.warn(renderFinding(finding));
  return failed.length > 0 ? EXIT.drift : EXIT.done;
}

/**
 * How functions and tables are doing; undefined where there are none, or where they can't be read this time: queues are
 * what is watched.
 */
async function readFunctions(
  aws: Aws | undefined,
  topology: Topology,
): Promise<FunctionStatus | undefined> {
  if (aws === undefined || topology.functions.length + topology.tables.length === 0)
    return undefined;
  const { readFunctionStatus } = await import('../../lib/functions/function-status.ts');
  try {
    return await readFunctionStatus(aws, topology);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** What watching costs on AWS: a request for each queue and dead-letter queue, each time. */
function price({ subscribers }: Topology, interval: number): string {
  const requests = 2 * subscribers.length;
  const seconds = 86_400;
  const dollars = requestDollars({
    'sqs:GetQueueAttributes': (requests * seconds) / interval,
    'sns:ListSubscriptionsByTopic': seconds / SUBSCRIPTIONS_FOR,
  });
  return `${requests} requests, about $${dollars.toFixed(2)} a day`;
}
