import { roundTo } from '../rules/text/figures.ts';
import type { BenchResult } from './bench-result.ts';
import { createLatencyHistogram } from './latency-histogram.ts';

/** What one subscriber has seen: a bit for each event. */
interface Seen {
  readonly bits: Uint8Array;
  latest: number;
}

/**
 * What became of each event, in four bytes an event and a bit for each subscriber. Events are known by their number,
 * from 1.
 */
export class BenchLedger {
  /** When an event was handed to the publisher, in ticks of 0.1 ms since the ledger was made, from 1; 0 for never. */
  private readonly begun: Uint32Array;
  private readonly seen = new Map<string, Seen>();
  private readonly latencies = createLatencyHistogram();
  private readonly events: number;
  private readonly expected: number;
  private readonly origin = performance.now();
  private again = 0;
  private late = 0;

  constructor(events: number, subscribers: readonly string[]) {
    this.events = events;
    this.expected = events * subscribers.length;
    this.begun = new Uint32Array(events + 1);
    for (const name of subscribers) {
      this.seen.set(name, { bits: new Uint8Array((events >>> 3) + 1), latest: 0 });
    }
  }

  begin(number: number): void {
    this.begun[number] = 1 + Math.round((performance.now() - this.origin) * TICKS);
  }

  /** Notes that a subscriber has an event; also where it had it before. */
  handle(subscriber: string, number: number): void {
    const own = this.seen.get(subscriber);
    if (own === undefined || number > this.events) return;
    const before = own.bits[number >>> 3] ?? 0;
    const bit = 1 << (number & 7);
    if ((before & bit) !== 0) {
      this.again++;
      return;
    }
    own.bits[number >>> 3] = before | bit;
    if (number < own.latest) this.late++;
    else own.latest = number;
    const begun = ((this.begun[number] ?? 1) - 1) / TICKS;
    this.latencies.add(Math.max(0, performance.now() - this.origin - begun));
  }

  /** Deliveries so far, each event once for each subscriber. */
  get delivered(): number {
    return this.latencies.count;
  }

  get complete(): boolean {
    return this.delivered === this.expected;
  }

  figures(): Pick<BenchResult, 'latencyMs' | 'duplicates' | 'outOfOrder' | 'missing'> {
    const at = (share: number): number => roundTo(this.latencies.percentile(share), 1);
    return {
      latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
      duplicates: this.again,
      outOfOrder: this.late,
      missing: this.expected - this.delivered,
    };
  }
}

/** Ticks of a millisecond. */
const TICKS = 10;
