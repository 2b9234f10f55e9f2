import { describe, expect, it } from 'vitest';
import { createLatencyHistogram, LONGEST_MS } from '../../../src/lib/bench/latency-histogram.ts';
import { percentile } from '../../../src/lib/rules/text/figures.ts';

const SHARES = [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

describe('a latency histogram', () => {
  it('is within 1 % of the exact percentiles, whatever the size of the values', () => {
    const histogram = createLatencyHistogram();
    const values = Array.from({ length: 5000 }, (_, n) => 0.5 * 1.003 ** n).filter(
      (ms) => ms < LONGEST_MS,
    );
    for (const ms of [...values].reverse()) histogram.add(ms);
    expect(histogram.count).toBe(values.length);
    for (const share of SHARES) {
      const exact = percentile(values, share);
      expect(histogram.percentile(share)).toBeGreaterThan(exact - 0.01);
      expect(histogram.percentile(share)).toBeLessThan(exact * 1.01 + 0.02);
    }
  });

  it('tells the longest exactly', () => {
    const histogram = createLatencyHistogram();
    for (const ms of [1, 1234.567, 20]) histogram.add(ms);
    expect(histogram.percentile(1)).toBe(1234.567);
    histogram.add(LONGEST_MS * 2);
    expect(histogram.percentile(1)).toBe(LONGEST_MS);
  });

  it('tells short ones apart to a hundredth of a millisecond', () => {
    const histogram = createLatencyHistogram();
    for (const ms of [0, 0.01, 0.02, 1]) histogram.add(ms);
    expect(histogram.percentile(0.25)).toBe(0);
    expect(histogram.percentile(0.5)).toBe(0.01);
    expect(histogram.percentile(0.75)).toBe(0.02);
  });

  it('is 0 where there are none', () => {
    expect(createLatencyHistogram().percentile(0.5)).toBe(0);
  });
});
