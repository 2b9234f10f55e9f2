import { setTimeout as sleep } from 'node:timers/promises';
import { sqsQueue } from '../aws/message-queue.ts';
import { countRequests } from '../aws/request-counts.ts';
import { consume } from '../consume/consumer.ts';
import { createEventPublisher } from '../publish/publisher.ts';
import { countsSince, type RequestCounts, requestDollars } from '../rules/billing.ts';
import { AppError, EXIT, usageError } from '../rules/errors.ts';
import { PRICE_REGION, PRICES } from '../rules/prices.ts';
import { roundTo } from '../rules/text/figures.ts';
import { cleanUp } from '../topology/cleanup.ts';
import type { Observed, Place } from '../topology/inspect.ts';
import { topicArnIn } from '../topology/observed.ts';
import { findRemains } from '../topology/remains.ts';
import { planSetup, setUp } from '../topology/setup.ts';
import { type BenchEvent, benchEvents, idOf, numberOf } from './bench-event.ts';
import type { BenchResult } from './bench-result.ts';
import { BenchLedger } from './ledger.ts';

export interface BenchOptions {
  /** Where to run; its topology MUST be one of the benchmark's own, for it is removed at the end. */
  readonly place: Place;
  /** Events to publish, from 1. */
  readonly events: number;
  /** Handlers at once of each subscriber, from 1. */
  readonly concurrency: number;
  /** Aborted to end early; what was made is removed all the same. */
  readonly stop: AbortSignal;
  /** Told from time to time how many deliveries were handled, of how many. */
  readonly onProgress?: (handled: number, of: number) => void;
}

/** Milliseconds without a delivery after which those that miss are given up. */
const PATIENCE = { local: 10_000, endpoint: 30_000, aws: 60_000 } as const;
/** Milliseconds between two looks at how far it is. */
const LOOK = 20;
const MIB = 2 ** 20;

/**
 * Publishes events and has subscribers handle them, on resources of its own that it makes and removes.
 * @throws AppError `NamesTaken` (exit 2) when something of these names exists, `Interrupted` (exit 130), or what a
 * call failed with.
 */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { place, stop } = options;
  const counts = countRequests(place.aws);
  await assertUnused(place);
  try {
    const { observed, interrupted } = await setUp(place, await planSetup(place), { stop });
    if (interrupted) throw stopped();
    return await measure(options, observed, counts);
  } finally {
    const remains = await findRemains(place, { includeUntagged: false });
    await cleanUp(place, remains, { includeUntagged: false });
  }
}

/** Whatever has these names already is somebody's, and the clean-up would take it. */
async function assertUnused(place: Place): Promise<void> {
  const { ours, foreign } = await findRemains(place, { includeUntagged: true });
  const [taken] = [...ours, ...foreign];
  if (!taken) return;
  throw usageError(
    `The benchmark needs names of its own, and ${taken.type} "${taken.name}" exists already.`,
    'Use another --prefix, or leave it out.',
    'NamesTaken',
  );
}

async function measure(
  options: BenchOptions,
  observed: Observed,
  counts: () => RequestCounts,
): Promise<BenchResult> {
  const { place, events, concurrency, stop } = options;
  const { aws, identity, topology } = place;
  const names = topology.subscribers.map(({ name }) => name);
  const ledger = new BenchLedger(events, names);
  const before = counts();
  const end = new AbortController();
  const consumers = topology.subscribers.map(({ name, queue }) =>
    consume({
      queue: sqsQueue(aws, observed.queues.get(queue)?.url ?? ''),
      subscriber: name,
      signal: end.signal,
      concurrency,
      handler: () => {},
      onMessage: ({ event, outcome }) => {
        if (outcome !== 'handled' && outcome !== 'duplicate') return;
        ledger.handle(name, numberOf(event?.id ?? ''));
      },
    }),
  );
  const memory = watchMemory();
  const started = performance.now();
  let publishSeconds = 0;
  let endToEndSeconds = 0;
  try {
    const publisher = createEventPublisher({
      writer: benchEvents(topology),
      aws,
      topicArn: topicArnIn(topology, observed),
    });
    const report = await publisher.publish(items(events, ledger), { signal: stop });
    publishSeconds = (performance.now() - started) / 1000;
    if (report.fatal) throw report.fatal;
    const lastAt = await untilComplete(options, ledger, events * names.length);
    endToEndSeconds = (lastAt - started) / 1000;
  } finally {
    end.abort();
    await Promise.allSettled(consumers);
    memory.stop();
  }
  const failed = (await Promise.all(consumers)).find(({ fatal }) => fatal !== undefined);
  if (failed?.fatal) throw failed.fatal;
  return {
    ok: ledger.complete,
    target: identity.target,
    region: identity.region,
    events,
    subscribers: names.length,
    concurrency,
    publish: rate(events, publishSeconds),
    endToEnd: rate(events, endToEndSeconds),
    ...ledger.figures(),
    ...billing(countsSince(before, counts()), events),
    memory: { peakRssMiB: roundTo(memory.peak() / MIB, 1) },
  };
}

function* items(events: number, ledger: BenchLedger): Generator<{ readonly event: BenchEvent }> {
  for (let number = 1; number <= events; number++) {
    ledger.begin(number);
    yield { event: { id: idOf(number) } };
  }
}

/**
 * Waits until everything was handled, or nothing comes any more.
 * @returns when the last delivery was seen, on `performance.now()`'s clock. @throws AppError `Interrupted`.
 */
async function untilComplete(
  { place, stop, onProgress }: BenchOptions,
  ledger: BenchLedger,
  expected: number,
): Promise<number> {
  const patience = PATIENCE[place.identity.target];
  let seen = -1;
  let changedAt = performance.now();
  for (;;) {
    if (stop.aborted) throw stopped();
    const now = performance.now();
    if (ledger.delivered !== seen) {
      seen = ledger.delivered;
      changedAt = now;
      onProgress?.(seen, expected);
    }
    if (ledger.complete || now - changedAt > patience) return changedAt;
    await sleep(LOOK, undefined, { signal: stop }).catch(() => {});
  }
}

function rate(events: number, seconds: number): BenchResult['publish'] {
  return {
    seconds: roundTo(seconds, 3),
    perSecond: seconds > 0 ? Math.round(events / seconds) : 0,
  };
}

function billing(byAction: RequestCounts, events: number): Pick<BenchResult, 'requests' | 'cost'> {
  const total = Object.values(byAction).reduce((sum, count) => sum + count, 0);
  return {
    requests: { total, perThousandEvents: roundTo((total / events) * 1000, 1), byAction },
    cost: {
      dollarsPerMillionEvents: roundTo((requestDollars(byAction) / events) * 1e6, 4),
      region: PRICE_REGION,
      pricesAsOf: PRICES.sqsRequest.asOf,
    },
  };
}

/** Looks at the memory of this process ten times a second; what was used before doesn't count. */
function watchMemory(): { peak(): number; stop(): void } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  look();
  const timer = setInterval(look, 100);
  return {
    peak: () => peak,
    stop() {
      look();
      clearInterval(timer);
    },
  };
}

function stopped(): AppError {
  return new AppError({
    code: 'Interrupted',
    message: 'Interrupted; what the benchmark made was removed.',
    exitCode: EXIT.interrupted,
  });
}
