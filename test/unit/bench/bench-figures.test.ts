import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { type BenchResult, compareBench } from '../../../src/lib/bench/bench-result.ts';
import { BenchLedger } from '../../../src/lib/bench/ledger.ts';
import { billedRequests, requestDollars } from '../../../src/lib/rules/billing.ts';
import { percentile, roundTo } from '../../../src/lib/rules/text/figures.ts';
import { renderBench } from '../../../src/lib/ui/bench.ts';

const RESULT: BenchResult = {
  ok: true,
  target: 'local',
  region: 'us-east-1',
  events: 1_000_000,
  subscribers: 3,
  concurrency: 10,
  publish: { seconds: 100, perSecond: 10_000 },
  endToEnd: { seconds: 200, perSecond: 5_000 },
  latencyMs: { p50: 12_345.6, p90: 23_456.7, p99: 34_567.8, max: 45_678.9 },
  duplicates: 0,
  outOfOrder: 100_000,
  missing: 0,
  requests: { total: 700_000, perThousandEvents: 700, byAction: { 'sns:PublishBatch': 100_000 } },
  cost: { dollarsPerMillionEvents: 0.29, region: 'us-east-1', pricesAsOf: '2026-06' },
  memory: { peakRssMiB: 120 },
};

describe('percentile', () => {
  it('is the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.9, 0.99, 1].map((share) => percentile(values, share))).toEqual([
      50, 90, 99, 100,
    ]);
    expect([0.5, 0.99].map((share) => percentile([7, 9], share))).toEqual([7, 9]);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('what requests cost', () => {
  it('counts each 64 KB of payload, and an empty call once', () => {
    expect([0, 1, 65_536, 65_537, 262_144].map(billedRequests)).toEqual([1, 1, 1, 2, 4]);
  });

  it('has a price for each service', () => {
    const counts = { 'sns:PublishBatch': 1e6, 'sqs:ReceiveMessage': 2e6, 'sqs:DeleteMessage': 5e5 };
    expect(roundTo(requestDollars(counts), 6)).toBe(1.5);
    expect(requestDollars({})).toBe(0);
  });
});

describe('BenchLedger', () => {
  it('tells duplicates, lateness and what is missing, for each subscriber', () => {
    const ledger = new BenchLedger(3, ['email', 'analytics']);
    for (const order of [1, 2, 3]) ledger.begin(order);
    for (const order of [1, 3, 2, 2]) ledger.handle('email', order);
    ledger.handle('analytics', 1);
    expect(ledger.complete).toBe(false);
    expect(ledger.figures()).toMatchObject({ duplicates: 1, outOfOrder: 1, missing: 2 });
  });
});

describe('a comparison', () => {
  it('divides now by before, and leaves out what was 0', () => {
    const before = {
      ...RESULT,
      publish: { seconds: 200, perSecond: 5_000 },
      memory: { peakRssMiB: 0 },
    };
    const ratios = compareBench(RESULT, before);
    expect(ratios.publishPerSecond).toEqual({ before: 5_000, ratio: 2 });
    expect(ratios.peakRssMiB).toBeUndefined();
  });

  it('fits into 80 columns with large numbers', () => {
    const lines = renderBench(RESULT, RESULT, new Chalk({ level: 0 }));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join('\n')).toMatch(/published +10,000 +10,000 +1\.00×/);
  });
});
