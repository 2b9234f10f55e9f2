import { signal } from '@preact/signals';
import type { NodeFigures, StreamFrame } from '../../src/lib/dashboard/api/index.ts';
import { figures, overview } from './overview.ts';
import { listen } from './stream.ts';

/** How often a point is taken, in milliseconds. */
const POINT_INTERVAL_MS = 1_000;
/** How many points are kept: half an hour. */
const MAX_POINTS = 1_800;

/** What happened in one second, and how full the queues were at its end. */
export interface Point {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly refused: number;
  readonly deadLettered: number;
  /** By node id. */
  readonly figures: ReadonlyMap<string, NodeFigures>;
}

/** What was seen since the page was opened, the oldest first. Seconds in which the tab was hidden are missing. */
export const points = signal<readonly Point[]>([]);

const NOTHING = { delivered: 0, filtered: 0, refused: 0, deadLettered: 0 };

/** Takes a point a second while the tab is visible. */
export function followSeries(): void {
  let sums = { ...NOTHING };
  listen({
    frame: ({ edges }: StreamFrame) => {
      for (const { id, passed, filtered, refused } of edges) {
        const kind = overview.peek()?.edges.find((edge) => edge.id === id)?.kind;
        if (kind === 'subscription') sums.delivered += passed;
        if (kind === 'redrive') sums.deadLettered += passed;
        sums.filtered += filtered;
        sums.refused += refused;
      }
    },
  });
  setInterval(() => {
    if (document.hidden) return;
    const point = { time: Date.now() / 1000, ...sums, figures: figures.peek() };
    points.value = [...points.peek().slice(-MAX_POINTS + 1), point];
    sums = { ...NOTHING };
  }, POINT_INTERVAL_MS);
}
