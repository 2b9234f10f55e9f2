import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Rows beyond the visible ones that are drawn, so that scrolling shows no gap. */
const OVERSCAN = 8;
/** How near to the end older rows are asked for, in rows. */
const NEAR_END = 40;

/** A long list of rows of one height, of which only those in sight are in the document. */
export interface VirtualRowsProps {
  readonly label: string;
  readonly size: number;
  /** The row of column headers, which stays in sight. */
  readonly head: VNode;
  /** In pixels. */
  readonly rowHeight: number;
  /** A row by its place, from 0. It gets its id and its place in the order of the list. */
  readonly row: (place: number, isActive: boolean) => VNode | undefined;
  /** The row that the keyboard is at. */
  readonly active: number | undefined;
  readonly onActive: (place: number | undefined) => void;
  readonly onOpen: (place: number) => void;
  readonly onNearEnd: () => void;
  readonly onScroll: (top: number) => void;
  /** Where it is scrolled to when it is first shown, in pixels. */
  readonly startAt: number;
}

/** The id of a row's element. */
export function rowId(place: number): string {
  return `row-${place}`;
}

/** Shows the rows in sight. Arrow keys, Page, Home and End move; Enter opens; Escape lets go. */
export function VirtualRows(props: VirtualRowsProps): VNode {
  const { label, size, head, rowHeight, row, active, onNearEnd, onScroll, startAt } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(startAt);
  const height = useHeight(frame);
  // Only when it is first shown.
  useEffect(() => frame.current?.scrollTo(0, startAt), []);
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const end = Math.min(size, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  useEffect(() => {
    if (end > size - NEAR_END) onNearEnd();
  }, [end, size, onNearEnd]);
  const move = useMoves(props, frame, Math.max(1, Math.floor(height / rowHeight) - 1));
  const places = Array.from({ length: Math.max(0, end - first) }, (_, step) => first + step);
  return (
    <div
      class="rows"
      ref={frame}
      role="grid"
      aria-label={label}
      aria-rowcount={size + 1}
      tabIndex={0}
      aria-activedescendant={active === undefined ? undefined : rowId(active)}
      onKeyDown={move}
      onScroll={({ currentTarget }) => {
        setTop(currentTarget.scrollTop);
        onScroll(currentTarget.scrollTop);
      }}
    >
      {head}
      <div class="rows-room" role="rowgroup" style={{ height: `${size * rowHeight}px` }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {places.map((place) => row(place, place === active))}
        </div>
      </div>
    </div>
  );
}

function useHeight(frame: { readonly current: HTMLElement | null }): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    if (frame.current === null) return;
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return height;
}

function useMoves(
  { size, rowHeight, active, onActive, onOpen }: VirtualRowsProps,
  frame: { readonly current: HTMLElement | null },
  pageRows: number,
): (event: KeyboardEvent) => void {
  const to = (place: number): void => {
    const bounded = Math.max(0, Math.min(size - 1, place));
    onActive(bounded);
    const { current } = frame;
    if (current === null) return;
    const [from, until] = [bounded * rowHeight, (bounded + 1) * rowHeight];
    if (from < current.scrollTop) current.scrollTop = from;
    const room = current.clientHeight - headHeight(current);
    if (until > current.scrollTop + room) current.scrollTop = until - room;
  };
  const now = active ?? -1;
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => to(now + 1),
    ArrowUp: () => to(now - 1),
    PageDown: () => to(now + pageRows),
    PageUp: () => to(now - pageRows),
    Home: () => to(0),
    End: () => to(size - 1),
    Enter: () => active !== undefined && onOpen(active),
    Escape: () => onActive(undefined),
  };
  return (event) => {
    const act = event.target === event.currentTarget ? moves[event.key] : undefined;
    if (act === undefined || size === 0) return;
    event.preventDefault();
    act();
  };
}

function headHeight(frame: HTMLElement): number {
  return frame.firstElementChild?.clientHeight ?? 0;
}
