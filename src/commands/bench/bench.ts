import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { BenchResult } from '../../lib/bench/bench-result.ts';
import { benchTopology } from '../../lib/bench/bench-topology.ts';
import { shippedTopologyNames, standardTopology } from '../../lib/config/topology.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { keepMemorySteady } from '../../lib/process/steady-memory.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { addExamples, type CommandContext, globalFlags, type Runner } from '../command.ts';
import { type Connection, connect, connectTo } from '../connect.ts';
import { readGivenFile } from '../given-file.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { readWholeNumber } from '../whole-number.ts';

interface BenchFlags {
  readonly events: string;
  readonly subscribers?: string;
  readonly concurrency: string;
  readonly compare?: string;
}

interface BenchRequest {
  readonly events: number;
  readonly concurrency: number;
  readonly topology: Topology;
  /** An earlier result, and the file it is from. */
  readonly before: BenchResult | undefined;
}

/** Events of one run at the most: each is remembered in a few bytes. */
const MAX_EVENTS = 10_000_000;
const MAX_CONCURRENCY = 1000;

/** `pubsub bench` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub bench',
      'pubsub bench --events 10000 --subscribers 1',
      'pubsub bench --json > before.json',
      'pubsub bench --compare before.json',
    ],
    'npm run bench:consumer in the repository, for a comparison with others',
  )
    .option('--events <n>', 'events to publish', '1000')
    .option('--subscribers <n>', 'the first n subscribers of the topology (default: all)')
    .option('--concurrency <n>', 'handlers at once of each subscriber', '10')
    .option('--compare <file>', 'show ratios to an earlier run with --json')
    .action((flags: BenchFlags) =>
      run(command, async (context) => {
        const request = await readRequest(context, flags, globalFlags(command).prefix);
        return withEngine(context, (connection) => bench(context, request, connection));
      }),
    );
}

async function readRequest(
  context: CommandContext,
  flags: BenchFlags,
  givenPrefix: string | undefined,
): Promise<BenchRequest> {
  const { io, settings } = context;
  const fresh = `bench-${randomBytes(2).toString('hex')}`;
  const prefix = givenPrefix || (settings.prefix ? `${settings.prefix}-${fresh}` : fresh);
  const whole = await topologyToMeasure(context, prefix);
  const most = whole.subscribers.length;
  const subscribers = readWholeNumber('--subscribers', flags.subscribers ?? String(most), [
    1,
    most,
  ]);
  return {
    events: readWholeNumber('--events', flags.events, [1, MAX_EVENTS]),
    concurrency: readWholeNumber('--concurrency', flags.concurrency, [1, MAX_CONCURRENCY]),
    topology: { ...whole, subscribers: whole.subscribers.slice(0, subscribers) },
    before: flags.compare === undefined ? undefined : await readEarlier(io.cwd, flags.compare),
  };
}

/** One that comes with the package as it is; any other one's shape. */
async function topologyToMeasure(context: CommandContext, prefix: string): Promise<Topology> {
  const { settings } = context;
  const isOwn = settings.project.written.topics !== undefined;
  const isShipped = shippedTopologyNames().includes(settings.topology);
  if (isShipped && !(isOwn && settings.project.topology === settings.topology)) {
    return standardTopology(settings, 'bench', prefix);
  }
  const shape = await topologyFor(context);
  if (shape.subscribers.length > 0) return benchTopology(shape, prefix);
  throw usageError(`The topology "${shape.name}" has no subscriber to measure.`);
}

async function readEarlier(cwd: string, file: string): Promise<BenchResult> {
  const hint = 'Make one with: pubsub bench --json > before.json';
  let earlier: Partial<BenchResult> | null;
  try {
    earlier = JSON.parse(readGivenFile(cwd, file, '--compare', hint));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw usageError(`${file} is not a result of pubsub bench: it is not JSON.`, hint);
  }
  const parts = ['publish', 'endToEnd', 'latencyMs', 'requests', 'cost', 'memory'] as const;
  const complete = parts.every((part) => typeof earlier?.[part] === 'object' && earlier[part]);
  if (!complete) throw usageError(`${file} is not a result of pubsub bench.`, hint);
  return earlier as BenchResult;
}

/**
 * On `local` the benchmark brings an engine of its own in a process of its own, in memory: so that neither shares a
 * thread with the other, and nothing stays.
 */
async function withEngine(
  context: CommandContext,
  body: (connection: Connection) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (context.settings.target.kind !== 'local')
    return body(await reading(context, undefined, () => connect(context)));
  const { startInBackground, stopBackground } = await import('../../lib/engine/background.ts');
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-bench-'));
  try {
    const { endpoint } = await startInBackground({
      stateDir,
      port: 0,
      ephemeral: true,
      owner: process.pid,
    });
    return await body(await connectTo(context, endpoint));
  } finally {
    await stopBackground(stateDir);
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function bench(
  context: CommandContext,
  { events, concurrency, topology, before }: BenchRequest,
  connection: Connection,
): Promise<ExitCode> {
  // As `listen` does: what is measured is what runs.
  keepMemorySteady();
  const { io, printer } = context;
  const { identity } = connection;
  const count = topology.subscribers.length;
  if (identity.target === 'aws' && !context.yes) {
    const question = `Publish ${events} events to ${count} queues made for it in account ${identity.account}, ${identity.region}? AWS bills the requests.`;
    if (!(await confirm(io, printer, question))) {
      printer.note('Nothing was created.');
      return EXIT.done;
    }
  }
  const [{ runBench }, { compareBench }, { renderBench }] = await Promise.all([
    import('../../lib/bench/bench.ts'),
    import('../../lib/bench/bench-result.ts'),
    import('../../lib/ui/bench.ts'),
  ]);
  const progress = printer.progress(`Publishing ${events} events to ${count} subscribers`);
  const result = await runBench({
    place: { ...connection, topology },
    events,
    concurrency,
    stop: io.interrupts.stop,
    onProgress: (handled, of) => progress.update(`${handled}/${of} deliveries`),
  }).finally(() => progress.clear());
  const compared = before === undefined ? {} : { compared: compareBench(result, before) };
  printer.document({ ...result, ...compared });
  for (const line of renderBench(result, before, printer.style)) printer.text(line);
  if (!result.ok) printer.warn(`${result.missing} deliveries are missing.`);
  return result.ok ? EXIT.done : EXIT.failed;
}
