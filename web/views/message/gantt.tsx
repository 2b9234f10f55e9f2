import type { VNode } from 'preact';
import type { MessageBranch, MessageDetail } from '../../../src/lib/dashboard/api/index.ts';
import { isolated } from '../../text/controls.ts';
import { clock, delay } from '../../text/figures.ts';
import { endsOf, stepTone } from './steps.ts';

const WIDTH = 1_000;
const NAMES = 170;
const RIGHT = 40;
const LANE = 30;
const HEAD = 26;
/** Times that have a label stand at least so far apart. */
const LABEL_ROOM = 90;

/**
 * All queues on one axis of time. Where nothing happens time is squeezed, so that milliseconds and minutes are both
 * seen; the lanes below say the same in words.
 */
export function Gantt({ detail }: { readonly detail: MessageDetail }): VNode | null {
  const { branches, publishedAt } = detail;
  const times = timesOf(detail);
  const place = squeezed(times);
  const height = HEAD + branches.length * LANE - 6;
  const start = times[0];
  if (start === undefined) return null;
  return (
    <div class="card timeline">
      <svg
        class="gantt"
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`What happened in ${branches.length} queues since ${clock(start)}`}
      >
        {labels(times, place).map((time) => (
          <text key={time} x={place(time)} y="12" text-anchor="middle">
            {time === start ? clock(time) : delay(time - start)}
          </text>
        ))}
        {branches.map((branch, row) => (
          <Track
            key={branch.queueArn}
            branch={branch}
            place={place}
            y={HEAD + row * LANE + LANE / 2}
            from={publishedAt ?? start}
          />
        ))}
      </svg>
    </div>
  );
}

function timesOf({ branches, publishedAt }: MessageDetail): number[] {
  const all = branches.flatMap(({ steps }) => steps.map(({ time }) => time));
  if (publishedAt !== null) all.push(publishedAt);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Gives times their places: the longer nothing happens the further apart, but by its logarithm only. */
function squeezed(times: readonly number[]): (time: number) => number {
  const gaps = times.map((time, at) =>
    at === 0 ? 0 : Math.log2(2 + time - (times[at - 1] ?? time)),
  );
  const total = gaps.reduce((sum, gap) => sum + gap, 0) || 1;
  const room = WIDTH - NAMES - RIGHT;
  const places = new Map<number, number>();
  let passed = 0;
  times.forEach((time, at) => {
    passed += gaps[at] ?? 0;
    places.set(time, NAMES + (passed / total) * room);
  });
  return (time) => places.get(time) ?? NAMES;
}

function labels(times: readonly number[], place: (time: number) => number): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return times.filter((time) => {
    if (place(time) - last < LABEL_ROOM) return false;
    last = place(time);
    return true;
  });
}

function Track(props: {
  readonly branch: MessageBranch;
  readonly place: (time: number) => number;
  readonly y: number;
  readonly from: number;
}): VNode | null {
  const { branch, place, y, from } = props;
  const ends = endsOf(branch);
  if (ends === undefined) return null;
  const { steps, subscriber, queue } = branch;
  return (
    <g>
      <text class="name" x="0" y={y + 4}>
        {clipped(subscriber ?? queue)}
      </text>
      <line class="track" x1={place(from)} x2={WIDTH - RIGHT} y1={y} y2={y} />
      {steps.slice(0, -1).map((step, at) => {
        const next = steps[at + 1] ?? step;
        return (
          <line
            key={`${step.time} ${step.words}`}
            class={`span ${step.what}`}
            x1={place(step.time)}
            x2={place(next.time)}
            y1={y}
            y2={y}
          />
        );
      })}
      {steps.map(({ time, what, words }) => (
        <circle
          key={`${time} ${what} ${words}`}
          class={`dot ${stepTone(what)}`}
          cx={place(time)}
          cy={y}
          r="5"
        >
          <title>
            {clock(time)} {isolated(words)}
          </title>
        </circle>
      ))}
    </g>
  );
}

function clipped(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}
