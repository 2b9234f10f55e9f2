import type { BenchResult } from '../model/bench-result.ts';
import { percentile, roundTo } from '../model/figures.ts';
import type { OrderEvent } from '../model/order-event.ts';

/** What became of each event, in a few bytes an event. Events are known by their order id, from 1. */
export class BenchLedger {
  /** When an event was handed to the publisher, on `performance.now()`'s clock; 0 for never. */
  private readonly begun: Float64Array;
  private readonly handled = new Map<string, { seen: Uint8Array; latest: number }>();
  private readonly latencies: Float64Array;
  private readonly expected: number;
  private deliveries = 0;
  private again = 0;
  private late = 0;

  constructor(events: number, subscribers: readonly string[]) {
    this.begun = new Float64Array(events + 1);
    this.expected = events * subscribers.length;
    this.latencies = new Float64Array(this.expected);
    for (const name of subscribers) {
      this.handled.set(name, { seen: new Uint8Array(events + 1), latest: 0 });
    }
  }

  begin({ order_id: order }: OrderEvent): void {
    this.begun[order] = performance.now();
  }

  /** Notes that a subscriber has an event; also where it had it before. */
  handle(subscriber: string, { order_id: order }: OrderEvent): void {
    const own = this.handled.get(subscriber);
    if (own === undefined || order >= own.seen.length) return;
    if (own.seen[order]) {
      this.again++;
      return;
    }
    own.seen[order] = 1;
    if (order < own.latest) this.late++;
    else own.latest = order;
    this.latencies[this.deliveries++] = performance.now() - (this.begun[order] ?? 0);
  }

  /** Deliveries so far, each event once for each subscriber. */
  get delivered(): number {
    return this.deliveries;
  }

  get complete(): boolean {
    return this.deliveries === this.expected;
  }

  figures(): Pick<BenchResult, 'latencyMs' | 'duplicates' | 'outOfOrder' | 'missing'> {
    const sorted = this.latencies.slice(0, this.deliveries).sort();
    const at = (share: number): number => roundTo(percentile(sorted, share), 1);
    return {
      latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
      duplicates: this.again,
      outOfOrder: this.late,
      missing: this.expected - this.deliveries,
    };
  }
}
