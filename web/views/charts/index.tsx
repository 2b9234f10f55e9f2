import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { GraphNode } from '../../../src/lib/dashboard/api/index.ts';
import { Empty } from '../../parts/empty.tsx';
import { overview } from '../../state/overview.ts';
import { type Point, points } from '../../state/series.ts';
import { clock } from '../../text/figures.ts';
import { Chart, type Line } from './chart.tsx';
import { StyleComparison } from './comparison.tsx';
import { Peaks } from './peaks.ts';

/** Rates and depths since the page was opened, and the last comparison of styles. */
export function ChartsView(): VNode {
  return (
    <div class="stack">
      <Traffic />
      <StyleComparison />
    </div>
  );
}

function Traffic(): VNode {
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
    <>
      <p class="muted">
        Since {clock(first.time * 1000).slice(0, 8)}, when this tab began to look; nobody keeps
        these figures from before.
        {!knows.history && ' Deliveries and ages can not be known on this target.'}
      </p>
      <div class="charts">
        {knows.history && <Chart title="Deliveries a second" seen={seen} lines={TRAFFIC} />}
        <QueueChart title="Waiting messages" seen={seen} queues={queues} value={depthOf} />
        <QueueChart title="Dead letters" seen={seen} queues={dead} value={depthOf} />
        {knows.age && (
          <QueueChart
            title="Age of the oldest message, in seconds"
            seen={seen}
            queues={queues}
            value={ageOf}
          />
        )}
      </div>
    </>
  );
}

const TRAFFIC: readonly Line[] = [
  { name: 'delivered', value: ({ delivered }) => delivered },
  { name: 'filtered', value: ({ filtered }) => filtered },
  { name: 'refused', value: ({ refused }) => refused },
  { name: 'dead-lettered', value: ({ deadLettered }) => deadLettered },
];

function depthOf(point: Point, id: string): number | null {
  return point.figures.get(id)?.depth ?? null;
}

function ageOf(point: Point, id: string): number | null {
  return point.figures.get(id)?.oldestAgeSeconds ?? null;
}

/** A chart of the queues that had the most since the tab began to look: more lines would not be told apart. */
function QueueChart(props: {
  readonly title: string;
  readonly seen: readonly Point[];
  readonly queues: readonly GraphNode[];
  readonly value: (point: Point, id: string) => number | null;
}): VNode {
  const { title, seen, queues, value } = props;
  const peaks = useRef(new Peaks<Point>());
  const ids = queues.map(({ id }) => id);
  const shown = peaks.current.fullest(ids, seen, value);
  const lines = queues
    .filter(({ id }) => shown.has(id))
    .map(({ id, name, subscriber, kind }) => ({
      name: kind === 'queue' ? (subscriber ?? name) : name,
      value: (point: Point) => value(point, id),
    }));
  const note =
    lines.length < queues.length ? `the ${lines.length} fullest of ${queues.length}` : '';
  return <Chart title={title} note={note} seen={seen} lines={lines} />;
}
