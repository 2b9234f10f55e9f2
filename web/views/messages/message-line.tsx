import type { VNode } from 'preact';
import type { MessageRow } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign } from '../../parts/foreign.tsx';
import { Mark, OUTCOMES } from '../../parts/mark.tsx';
import { rowId } from '../../parts/virtual-rows.tsx';
import { href } from '../../state/route.ts';
import { clock, dateTime } from '../../text/figures.ts';

/** Branches beyond are counted. */
const MAX_BRANCHES = 6;

/** A message in the list: a link to its page. */
export function MessageLine(props: {
  readonly row: MessageRow;
  readonly place: number;
  readonly isActive: boolean;
  /** In pixels. */
  readonly height: number;
}): VNode {
  const { row, place, isActive, height } = props;
  const { id, time, topic, eventType, eventId, subject, preview, branches, complete } = row;
  const more = branches.length - MAX_BRANCHES;
  return (
    <div
      role="row"
      id={rowId(place)}
      class={`message-line ${isActive ? 'active' : ''}`}
      aria-rowindex={place + 2}
      aria-selected={isActive}
      style={{ height: `${height}px` }}
    >
      <span role="gridcell" class="time" title={dateTime(time)}>
        {clock(time)}
      </span>
      <span role="gridcell" class="type">
        <a href={href('messages', id)} tabIndex={-1}>
          <Foreign text={eventType ?? subject ?? topic ?? 'message'} />
        </a>
      </span>
      <span role="gridcell" class="text mono">
        {preview ? <Foreign text={preview.text} /> : <span class="muted">{eventId ?? id}</span>}
      </span>
      <span role="gridcell" class="branches">
        {!complete && (
          <span class="muted small" title="Events were left out: its own page has them exactly.">
            at least
          </span>
        )}
        {branches.slice(0, MAX_BRANCHES).map(({ queue, subscriber, outcome, receives }) => (
          <Mark
            key={queue}
            look={OUTCOMES[outcome]}
            words={subscriber ?? queue}
            title={`${queue}: ${OUTCOMES[outcome].words}${receives > 1 ? `, received ${receives} times` : ''}`}
          />
        ))}
        {more > 0 && <span class="muted small">+{more}</span>}
        {branches.length === 0 && <span class="muted small">nowhere yet</span>}
      </span>
    </div>
  );
}
