import { signal } from '@preact/signals';
import type { EdgeTraffic, StreamFrame } from '../../src/lib/dashboard/api/index.ts';
import { listen } from './stream.ts';

/** Over how long a rate is taken, in milliseconds. */
const WINDOW_MS = 5_000;
/** How often rates are worked out, in milliseconds. */
const TICK_MS = 1_000;

/** What passed an edge, in messages a second. */
export interface EdgeRate {
  readonly passed: number;
  /** Filtered or refused. */
  readonly stopped: number;
  /** The clause or reason of the last message that was stopped; null for none. */
  readonly reason: string | null;
}

/** The rates of the edges that had traffic in the last seconds, by the edge's id. */
export const edgeRates = signal<ReadonlyMap<string, EdgeRate>>(new Map());

interface Seen {
  readonly at: number;
  readonly traffic: EdgeTraffic;
}

/** Counts what passes each edge. */
export function followTraffic(): void {
  let seen: Seen[] = [];
  listen({
    frame: ({ edges }: StreamFrame) => {
      const at = performance.now();
      for (const traffic of edges) seen.push({ at, traffic });
    },
  });
  setInterval(() => {
    const from = performance.now() - WINDOW_MS;
    seen = seen.filter(({ at }) => at >= from);
    if (seen.length > 0 || edgeRates.peek().size > 0) edgeRates.value = ratesOf(seen);
  }, TICK_MS);
}

function ratesOf(seen: readonly Seen[]): Map<string, EdgeRate> {
  const rates = new Map<string, EdgeRate>();
  const seconds = WINDOW_MS / 1000;
  for (const { traffic } of seen) {
    const { id, passed, filtered, refused, reason } = traffic;
    const sum = rates.get(id) ?? { passed: 0, stopped: 0, reason: null };
    rates.set(id, {
      passed: sum.passed + passed / seconds,
      stopped: sum.stopped + (filtered + refused) / seconds,
      reason: reason ?? sum.reason,
    });
  }
  return rates;
}
