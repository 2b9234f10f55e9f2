import type { VNode } from 'preact';
import type { GraphNode } from '../../../src/lib/dashboard/api/index.ts';
import { Empty } from '../../parts/empty.tsx';
import { overview } from '../../state/overview.ts';
import { type Point, points } from '../../state/series.ts';
import { clock } from '../../text/figures.ts';
import { Chart, type Line } from './chart.tsx';

/** Lines beyond would not be told apart. */
const MAX_LINES = 6;

/** Rates and depths since the page was opened. */
export function ChartsView(): VNode {
  const seen = points.value;
  const nodes = overview.value?.nodes ?? [];
  const [first] = seen;
  if (first === undefined || overview.value === undefined) {
    return (
      <Empty
        title="Nothing measured yet"
        because={['A point is taken every second while this tab is open.']}
      />
    );
  }
  const { knows } = overview.value.target;
  const queues = nodes.filter(({ kind }) => kind === 'queue');
  const dead = nodes.filter(({ kind }) => kind === 'dead-letter-queue');
  return (
    <div class="stack">
      <p class="muted">
        Since {clock(first.time * 1000).slice(0, 8)}, when this tab began to look; nobody keeps
        these figures from before.
        {!knows.history && ' Deliveries and ages can not be known on this target.'}
      </p>
      <div class="charts">
        {knows.history && <Chart title="Deliveries a second" seen={seen} lines={TRAFFIC} />}
        <Chart title="Waiting messages" seen={seen} lines={depthLines(queues)} />
        <Chart title="Dead letters" seen={seen} lines={depthLines(dead)} />
        {knows.age && (
          <Chart
            title="Age of the oldest message, in seconds"
            seen={seen}
            lines={ageLines(queues)}
          />
        )}
      </div>
    </div>
  );
}

const TRAFFIC: readonly Line[] = [
  { name: 'delivered', value: ({ delivered }) => delivered },
  { name: 'filtered', value: ({ filtered }) => filtered },
  { name: 'refused', value: ({ refused }) => refused },
  { name: 'dead-lettered', value: ({ deadLettered }) => deadLettered },
];

function depthLines(queues: readonly GraphNode[]): Line[] {
  return linesOf(queues, (point, id) => point.figures.get(id)?.depth ?? null);
}

function ageLines(queues: readonly GraphNode[]): Line[] {
  return linesOf(queues, (point, id) => point.figures.get(id)?.oldestAgeSeconds ?? null);
}

function linesOf(
  queues: readonly GraphNode[],
  value: (point: Point, id: string) => number | null,
): Line[] {
  return queues.slice(0, MAX_LINES).map(({ id, name, subscriber, kind }) => ({
    name: kind === 'queue' ? (subscriber ?? name) : name,
    value: (point) => value(point, id),
  }));
}
