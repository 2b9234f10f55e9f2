import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { Empty, Problem, Remarks } from '../../parts/empty.tsx';
import { Icon } from '../../parts/icon.tsx';
import { useNarrow, useRem } from '../../parts/room.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { readFilters } from '../../state/filters.ts';
import { overview } from '../../state/overview.ts';
import { go, href, route } from '../../state/route.ts';
import { clock, count, counted } from '../../text/figures.ts';
import { type CurrentList, listFor } from './current-list.ts';
import { FilterBar, hasFilters } from './filter-bar.tsx';
import { MessageLine } from './message-line.tsx';

/** In `rem`. On a narrow screen a row has two lines. */
const ROW_HEIGHT = 2.286;
const NARROW_ROW_HEIGHT = 4.286;
/** Scrolled by more than this the list is held still, in pixels. */
const AT_TOP = 4;

/** The messages as they come. */
export function MessagesView(): VNode {
  const found = overview.value;
  if (found?.target.knows.history === false) return <NotKnown tap={found.commands.tap} />;
  return <Listed />;
}

/** What stands where nobody keeps what was published. */
function NotKnown({ tap }: { readonly tap: string }): VNode {
  const because = [
    'What was published, and what became of it, can not be known on this target: nobody keeps it. This command shows what is published from now on:',
  ];
  return (
    <Empty title="Messages can not be listed here" because={because} command={tap}>
      <p>
        What waits or failed lies <a href={href('queues')}>in the queues</a>.
      </p>
    </Empty>
  );
}

function Listed(): VNode {
  const filters = readFilters(route.value.params);
  const current = listFor(filters);
  const { list } = current;
  const problem = list.problem.value;
  return (
    <section class="messages" aria-label="Messages">
      <FilterBar filters={filters} />
      {problem && <Problem error={problem} retry={() => void list.reload()} />}
      <Bar current={current} />
      <Rows current={current} isFiltered={hasFilters(filters)} />
    </section>
  );
}

function Bar({ current }: { readonly current: CurrentList }): VNode {
  const { list, held, scrollTop, active } = current;
  const paused = list.paused.value;
  const waiting = list.waiting.value;
  const resume = (): void => {
    held.value = false;
    active.value = undefined;
    scrollTop.value = 0;
    document.querySelector('.rows')?.scrollTo(0, 0);
    list.pause(false);
  };
  const hold = (): void => {
    held.value = true;
    list.pause(true);
  };
  return (
    <div class="row">
      <button type="button" aria-pressed={paused} onClick={paused ? resume : hold}>
        <Icon name={paused ? 'play' : 'pause'} />
        {paused ? 'Resume' : 'Pause'}
      </button>
      <span role="status" class={waiting > 0 ? 'mark accent' : 'muted small'}>
        {pausedWords(paused, waiting)}
      </span>
      <Known current={current} />
    </div>
  );
}

function pausedWords(paused: boolean, waiting: number): string {
  if (!paused) return 'New messages appear at the top.';
  return waiting > 0 ? `${count(waiting)} new` : 'Held still; nothing new yet.';
}

function Known({ current: { list } }: { readonly current: CurrentList }): VNode {
  const page = list.page.value;
  const version = list.version.value;
  return (
    <span class="muted small push" data-version={version}>
      {counted(list.rows.size, 'message')}
      {page && page.known > list.rows.size && ` of ${count(page.known)}`}
      {page?.knownFrom != null && ` · complete since ${clock(page.knownFrom)}`}
    </span>
  );
}

function Rows(props: { readonly current: CurrentList; readonly isFiltered: boolean }): VNode {
  const { list, scrollTop, held, active } = props.current;
  const version = list.version.value;
  const isNarrow = useNarrow();
  const rowHeight = useRem() * (isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT);
  const older = useCallback(() => void list.older(), [list]);
  const page = list.page.value;
  const holdStill = (): void =>
    list.pause(held.value || scrollTop.value > AT_TOP || active.value !== undefined);
  if (list.rows.size === 0) {
    return page ? <Nothing {...props} /> : <Empty title="Reading messages…" />;
  }
  return (
    <div class={`message-grid ${isNarrow ? 'narrow' : ''}`} data-version={version}>
      <VirtualRows
        head={<Heads />}
        label="Messages, the newest first"
        size={list.rows.size}
        rowHeight={rowHeight}
        startAt={scrollTop.value}
        active={active.value}
        onActive={(place) => {
          active.value = place;
          holdStill();
        }}
        onOpen={(place) => go(href('messages', list.rows.at(place)?.id))}
        onNearEnd={older}
        onScroll={(top) => {
          scrollTop.value = top;
          holdStill();
        }}
        row={(place, isActive) => {
          const row = list.rows.at(place);
          return (
            row && (
              <MessageLine
                key={row.id}
                row={row}
                place={place}
                isActive={isActive}
                height={rowHeight}
              />
            )
          );
        }}
      />
      {page && <Remarks sentences={page.remarks} />}
    </div>
  );
}

function Heads(): VNode {
  return (
    <div role="rowgroup" class="message-heads">
      <div role="row" class="message-line">
        {['Time', 'Type', 'Text', 'Where it went'].map((head) => (
          <span role="columnheader" key={head}>
            {head}
          </span>
        ))}
      </div>
    </div>
  );
}

function Nothing(props: { readonly current: CurrentList; readonly isFiltered: boolean }): VNode {
  const page = props.current.list.page.value;
  const known = page?.known ?? 0;
  if (props.isFiltered) {
    const words = `${counted(known, 'message')} ${known === 1 ? 'is' : 'are'} known; none of them fits all filters.`;
    return (
      <Empty title="No message fits" because={[words, ...(page?.remarks ?? [])]}>
        <a href={href('messages')}>Show all messages</a>
      </Empty>
    );
  }
  return (
    <Empty
      title="No messages yet"
      because={page?.remarks ?? []}
      command={overview.value?.commands.publish}
    >
      <a href={href('publish')}>Publish one from here</a>
    </Empty>
  );
}
