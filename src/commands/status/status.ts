import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { Status } from '../../lib/diagnose/status/status.ts';
import {
  checkConditions,
  parseStatusCondition,
} from '../../lib/diagnose/status/status-condition.ts';
import { sharedQueues, unreadQueues } from '../../lib/diagnose/status/unread.ts';
import type { FunctionStatus } from '../../lib/functions/function-status.ts';
import { EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { renderFunctionStatus } from '../../lib/ui/function-status.ts';
import { renderFinding } from '../../lib/ui/status-findings.ts';
import { renderStatus } from '../../lib/ui/status-table.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { addResourceOptions, type ResourceFlags, topologyOnTarget } from '../topology.ts';
import { openTransport } from '../transport.ts';
import { DEFAULT_INTERVAL, readInterval, watch } from './watch.ts';

interface StatusFlags extends ResourceFlags {
  readonly failIf?: readonly string[];
  readonly watch?: boolean;
  readonly interval?: string;
}

/** `pubsub status` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub status',
      'pubsub status --target aws --prefix dev',
      'pubsub status --watch --interval 2s',
      "pubsub status --fail-if 'dlq>0' --fail-if 'ledger.age>5m'",
      'pubsub status --json',
    ],
    'pubsub listen ledger',
  )
    .option('--fail-if <condition>', "exit 3 where it holds: 'dlq>0'; may be repeated", collect)
    .option('--watch', 'show it again and again, with rates, until Ctrl-C')
    .option(
      '--interval <time>',
      `between two looks (default: ${DEFAULT_INTERVAL.elsewhere}; ${DEFAULT_INTERVAL.aws} on aws)`,
    );
  addResourceOptions(command).action((flags: StatusFlags) =>
    run(command, (context) => status(command, context, flags)),
  );
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function status(
  command: Command,
  context: CommandContext,
  flags: StatusFlags,
): Promise<ExitCode> {
  const { printer } = context;
  const topology = await topologyOnTarget(context, flags);
  const names = topology.subscribers.map(({ name }) => name);
  const conditions = flags.failIf?.map((text) => parseStatusCondition(text, names));
  const interval = readInterval(flags.interval);
  if (interval !== undefined && !flags.watch) {
    throw usageError(
      '--interval needs --watch.',
      `Such as: ${commandLine(command, 'status')} --watch`,
    );
  }
  const transport = await reading(context, undefined, () => openTransport(context));
  if (flags.watch) return watch(context, transport, { topology, interval, conditions });
  const { identity } = transport;
  const found = await reading(context, 'Reading what is there', async () => {
    const read = await transport.statusReader(topology, { subscriptionsFor: 0 });
    return read();
  });
  const failed = conditions && checkConditions(conditions, found.subscribers);
  const ofFunctions = transport.aws && (await functionStatus(context, transport.aws.aws, topology));
  printer.document({
    ...targetDocument(identity),
    ...found,
    ...ofFunctions,
    ...(failed && { failed }),
  });
  show(command, context, topology, found);
  if (ofFunctions && !isNothing(found)) {
    for (const line of renderFunctionStatus(ofFunctions, printer.style, printer.columns)) {
      printer.text(line);
    }
  }
  hintUnread(command, context, found);
  hintShared(context, found);
  for (const finding of failed ?? []) printer.warn(renderFinding(finding));
  return failed !== undefined && failed.length > 0 ? EXIT.drift : EXIT.done;
}

/** How functions and tables are doing; undefined where the topology has none. */
async function functionStatus(
  context: CommandContext,
  aws: Aws,
  topology: Topology,
): Promise<FunctionStatus | undefined> {
  if (topology.functions.length + topology.tables.length === 0) return undefined;
  const { readFunctionStatus } = await import('../../lib/functions/function-status.ts');
  return reading(context, 'Reading what is there', () => readFunctionStatus(aws, topology));
}

function show(
  command: Command,
  { printer }: CommandContext,
  { managed }: Topology,
  found: Status,
): void {
  const { topics, subscribers } = found;
  if (isNothing(found)) {
    printer.text(`Nothing is set up. Start with: ${commandLine(command, 'setup')}`);
    return;
  }
  if (subscribers.length === 0) printer.note('No queue is subscribed.');
  for (const line of renderStatus(topics, subscribers, printer.style, printer.columns)) {
    printer.text(line);
  }
  if (
    topics.some(({ exists }) => !exists) ||
    subscribers.some(({ subscribed, dlqExists }) => !subscribed || dlqExists === false)
  ) {
    const what = managed ? 'Fix it with' : 'Look at each hop with';
    const next = commandLine(command, managed ? 'setup' : 'doctor');
    printer.note(`Something is missing. ${what}: ${next}`);
  }
}

/** Says where messages pile up because nobody receives them. */
function hintUnread(command: Command, { printer }: CommandContext, found: Status): void {
  const [first, ...more] = unreadQueues(found.subscribers);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and in ${more.length} more)`;
  const next = commandLine(command, `listen ${more.length === 0 ? first.name : 'all'}`);
  printer.note(`${first.depth} wait in ${first.name}${others}, and nobody receives: ${next}`);
}

/** Says whose messages two sorts of readers share without knowing it. */
function hintShared({ printer }: CommandContext, found: Status): void {
  for (const { subscriber, functions, readers } of sharedQueues(found.subscribers)) {
    const others = readers === 1 ? '1 other reader' : `${readers} other readers`;
    printer.note(
      `${subscriber}: the function ${functions.join(', ')} and ${others} took from one queue in the last minute: a message goes to one of them.`,
    );
  }
}

function isNothing({ topics, subscribers }: Status): boolean {
  return (
    topics.every(({ exists }) => !exists) &&
    subscribers.every(({ queueUrl, dlqDepth }) => queueUrl === null && dlqDepth === null)
  );
}
