import type { RequestCounts } from '../rules/billing.ts';
import { roundTo } from '../rules/text/figures.ts';

/** What a benchmark measured: the document of `bench --json`. */
export interface BenchResult {
  /** Whether every subscriber handled every event. */
  readonly ok: boolean;
  readonly target: string;
  readonly region: string;
  readonly events: number;
  readonly subscribers: number;
  /** Handlers at once, of each subscriber. */
  readonly concurrency: number;
  readonly publish: { readonly seconds: number; readonly perSecond: number };
  /** From the first event on until the last subscriber has handled the last one. */
  readonly endToEnd: { readonly seconds: number; readonly perSecond: number };
  /** Milliseconds from handing an event to the publisher until a subscriber has handled it. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Deliveries of events that their subscriber had handled before. */
  readonly duplicates: number;
  /** Deliveries of events after a later one of the same subscriber. */
  readonly outOfOrder: number;
  /** Deliveries that never came. */
  readonly missing: number;
  readonly requests: {
    /** Billed ones: 64 KB of payload each. */
    readonly total: number;
    readonly perThousandEvents: number;
    readonly byAction: RequestCounts;
  };
  readonly cost: {
    readonly dollarsPerMillionEvents: number;
    readonly region: string;
    readonly pricesAsOf: string | null;
  };
  readonly memory: { readonly peakRssMiB: number };
}

/** How a figure of two results compares: now divided by before. */
export interface BenchRatio {
  readonly before: number;
  readonly ratio: number;
}

/** The figures of a result that can be compared, by name. */
export function benchFigures(result: BenchResult): Readonly<Record<string, number>> {
  return {
    publishPerSecond: result.publish.perSecond,
    endToEndPerSecond: result.endToEnd.perSecond,
    latencyP50: result.latencyMs.p50,
    latencyP90: result.latencyMs.p90,
    latencyP99: result.latencyMs.p99,
    latencyMax: result.latencyMs.max,
    requestsPerThousandEvents: result.requests.perThousandEvents,
    dollarsPerMillionEvents: result.cost.dollarsPerMillionEvents,
    peakRssMiB: result.memory.peakRssMiB,
  };
}

/** Ratios to an earlier result, by the names of `benchFigures`; nothing for what was 0 or isn't there. */
export function compareBench(
  now: BenchResult,
  before: BenchResult,
): Readonly<Record<string, BenchRatio>> {
  const earlier = benchFigures(before);
  return Object.fromEntries(
    Object.entries(benchFigures(now)).flatMap(([name, value]) => {
      const was = earlier[name];
      if (!was) return [];
      return [[name, { before: was, ratio: roundTo(value / was, 2) }]];
    }),
  );
}
