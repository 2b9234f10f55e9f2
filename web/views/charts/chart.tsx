import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { dark, large } from '../../state/preferences.ts';
import type { Point } from '../../state/series.ts';
import { clock, count } from '../../text/figures.ts';

const HEIGHT = 190;
/** Seconds that a chart shows at least, so that the first points don't fill it. */
const MIN_SPAN_S = 60;

/** One line of a chart. */
export interface Line {
  readonly name: string;
  /** Null where it isn't known. */
  readonly value: (point: Point) => number | null;
}

/** A chart of what was seen. Its newest values stand beside it as text. */
export function Chart(props: {
  readonly title: string;
  /** What is left out; nothing where all is there. */
  readonly note?: string;
  readonly seen: readonly Point[];
  readonly lines: readonly Line[];
}): VNode {
  const { title, note, seen, lines } = props;
  const room = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const names = lines.map(({ name }) => name).join('\n');
  // Drawn anew with other lines, colours or sizes.
  useEffect(() => {
    if (room.current === null) return;
    const made = new uPlot(
      optionsOf(lines, room.current.clientWidth),
      dataOf(seen, lines),
      room.current,
    );
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height: HEIGHT });
    });
    observer.observe(room.current);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [names, dark.value, large.value]);
  // Only what was seen changes.
  useEffect(() => plot.current?.setData(dataOf(seen, lines)), [seen]);
  const newest = seen.at(-1);
  return (
    <section class="card stack tight" aria-label={title}>
      <h2>
        {title} {note && <span class="small muted">{note}</span>}
      </h2>
      <ul class="legend">
        {lines.map(({ name, value }, place) => {
          const latest = newest && value(newest);
          return (
            <li key={name} data-series={place + 1}>
              {name} <b>{latest == null ? '–' : count(latest)}</b>
            </li>
          );
        })}
      </ul>
      {lines.length === 0 && <p class="muted">There is nothing here to measure.</p>}
      <div
        ref={room}
        class="plot"
        role="img"
        aria-label={`${title} over time; the newest values stand above`}
      />
    </section>
  );
}

function dataOf(seen: readonly Point[], lines: readonly Line[]): uPlot.AlignedData {
  return [
    seen.map(({ time }) => time),
    ...lines.map(({ value }) => seen.map((point) => value(point))),
  ];
}

function optionsOf(lines: readonly Line[], width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `${large.peek() ? 16 : 11}px ${colour('--sans')}`;
  const axis = {
    stroke: colour('--muted'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_, from, to) => [Math.min(from, to - MIN_SPAN_S), to] },
      y: { range: (_, __, to) => [0, Math.max(5, to * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: 90,
        values: (_, ticks) => ticks.map((tick) => clock(tick * 1000).slice(0, 8)),
      },
      { ...axis, size: large.peek() ? 64 : 44, values: (_, ticks) => ticks.map(count) },
    ],
    series: [
      {},
      ...lines.map((_, place) => ({
        stroke: colour(`--series-${place + 1}`),
        width: 2,
        dash: DASHES[place] ?? [],
        points: { show: false },
      })),
    ],
  };
}

/** Lines differ by more than their colour. */
const DASHES = [[], [8, 4], [2, 4], [12, 4, 2, 4], [4, 4], [16, 4]];
