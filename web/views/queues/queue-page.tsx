import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { QueueMessages } from '../../../src/lib/dashboard/api/index.ts';
import { type Act, ActDialog } from '../../parts/act-dialog.tsx';
import { CommandLine } from '../../parts/command-line.tsx';
import { Empty, Problem } from '../../parts/empty.tsx';
import { Foreign } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Mark } from '../../parts/mark.tsx';
import { api } from '../../state/api.ts';
import { figures, nodeNamed, overview } from '../../state/overview.ts';
import { useResource } from '../../state/resource.ts';
import { href, route } from '../../state/route.ts';
import { mayWrite } from '../../state/session.ts';
import { count, counted } from '../../text/figures.ts';
import { deed } from './deeds.ts';
import { QueueFilterBar } from './filter-bar.tsx';
import { Groups } from './groups.tsx';
import { fitting, type QueueFilter, readQueueFilter } from './selection.ts';

const FIRST_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** How soon a queue is looked at again after its figures changed, in milliseconds. */
const LOOK_AGAIN_MS = 400;

/** What lies in one queue, and what may be done with it. */
export function QueuePage({ name }: { readonly name: string }): VNode {
  const mayPeek = overview.value?.target.knows.peek ?? false;
  const [asked, setAsked] = useState(false);
  const limit = Number(route.value.params.get('limit') ?? FIRST_LIMIT);
  const looks = mayPeek || asked;
  const read = looks ? () => api.queueMessages(name, limit) : undefined;
  const { data, problem, reload } = useResource(`${name} ${limit} ${looks}`, read);
  useLookAgain(name, mayPeek, reload);
  // Where a look is a receive, the page asks before each.
  const again = mayPeek ? reload : () => setAsked(false);
  return (
    <div class="stack">
      <a class="row back" href={href('queues')}>
        <Icon name="back" /> Queues
      </a>
      {problem && <Problem error={problem} retry={reload} />}
      {!looks && <AskFirst name={name} look={() => setAsked(true)} />}
      {looks && data && <Queue found={data} limit={limit} reload={again} />}
      {looks && data === undefined && problem === undefined && (
        <Empty title="Looking into the queue…" />
      )}
    </div>
  );
}

/** Where looking is for free it is done whenever the figures say that something changed. */
function useLookAgain(name: string, mayPeek: boolean, reload: () => void): void {
  const node = nodeNamed(name);
  const own = node && figures.value.get(node.id);
  const key = own && `${own.depth} ${own.inFlight} ${own.delayed}`;
  // The figures say when.
  useEffect(() => {
    if (!mayPeek || key === undefined) return;
    const timer = setTimeout(reload, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [key]);
}

function AskFirst({ name, look }: { readonly name: string; readonly look: () => void }): VNode {
  const because = [
    'This target shows messages only to who receives them. The page gives them back at once, and yet each look raises their receive counts by 1. A message of a queue with dead letters becomes one when it was received too often.',
  ];
  return (
    <Empty title={`Look into ${name}?`} because={because}>
      <button type="button" class="primary" onClick={look}>
        Receive up to {FIRST_LIMIT} messages and give them back
      </button>
    </Empty>
  );
}

function Queue(props: {
  readonly found: QueueMessages;
  readonly limit: number;
  readonly reload: () => void;
}): VNode {
  const { found, limit, reload } = props;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [act, setAct] = useState<Act>();
  const filter = readQueueFilter(route.value.params);
  const shown = fitting(found.messages, filter);
  const ids = shown.map(({ messageId }) => messageId).filter((id) => selected.has(id));
  const all = found.visible + found.inFlight + found.delayed;
  return (
    <>
      <Head found={found} />
      {all === 0 ? (
        <Empty title="The queue is empty" because={[emptyWords(found)]} />
      ) : (
        <>
          <QueueFilterBar found={found} filter={filter} />
          <Actions
            found={found}
            filter={filter}
            ids={ids}
            shown={shown.map(({ messageId }) => messageId)}
            onSelect={setSelected}
            onAct={setAct}
            reload={reload}
          />
          {shown.length === 0 && (
            <Empty
              title="No message fits"
              because={[
                `${counted(found.messages.length, 'message')} of ${count(all)} were looked at.`,
              ]}
            />
          )}
          <Groups
            found={found}
            messages={shown}
            selected={selected}
            onSelect={setSelected}
            onAct={setAct}
            reload={reload}
          />
          <More found={found} limit={limit} all={all} />
        </>
      )}
      {found.command !== null && <CommandLine command={found.command} />}
      {act && <ActDialog act={act} close={() => setAct(undefined)} />}
    </>
  );
}

function emptyWords({ deadLettersOf }: QueueMessages): string {
  if (deadLettersOf.length === 0) return 'Everything that came in was handled, or nothing came.';
  return `Nothing failed for good: dead letters of ${deadLettersOf.join(', ')} would lie here.`;
}

function Head({ found }: { readonly found: QueueMessages }): VNode {
  const { queue, visible, inFlight, delayed, how, remark, deadLettersOf } = found;
  return (
    <header class="stack tight">
      <div class="row">
        <h1>{queue}</h1>
        <Mark
          look={{
            tone: how === 'peek' ? 'ok' : 'warn',
            icon: how === 'peek' ? 'ok' : 'warn',
            words: how === 'peek' ? 'looked at without receiving' : 'received and given back',
          }}
        />
      </div>
      <p class="muted">
        {count(visible)} waiting, {count(inFlight)} in flight, {count(delayed)} delayed
        {deadLettersOf.length > 0 && ` · dead letters of ${deadLettersOf.join(', ')}`}
      </p>
      <p class="muted small">
        <Foreign text={remark} />
      </p>
    </header>
  );
}

function More(props: {
  readonly found: QueueMessages;
  readonly limit: number;
  readonly all: number;
}): VNode | null {
  const { found, limit, all } = props;
  if (found.messages.length >= all) return null;
  const looked = `The ${count(found.messages.length)} oldest of ${counted(all, 'message')} are shown.`;
  if (limit >= MAX_LIMIT)
    return (
      <p class="muted">
        {looked} More can't be listed at once; actions without a selection mean all of them.
      </p>
    );
  return (
    <p class="muted">
      {looked}{' '}
      <a href={href('queues', found.queue, { limit: String(MAX_LIMIT) })}>
        {found.how === 'peek' ? 'Show' : 'Receive'} up to {count(MAX_LIMIT)}
      </a>
    </p>
  );
}

function Actions(props: {
  readonly found: QueueMessages;
  readonly filter: QueueFilter;
  readonly ids: readonly string[];
  readonly shown: readonly string[];
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly onAct: (act: Act) => void;
  readonly reload: () => void;
}): VNode {
  const { found, filter, ids, shown, onSelect, onAct, reload } = props;
  const isDead = found.deadLettersOf.length > 0;
  // What fits a filter is what is shown: later messages, and what only the server would find, aren't meant.
  const isNarrow = filter.reason !== '' || filter.text !== '' || filter.type !== '';
  const chosen = ids.length > 0 ? ids : isNarrow ? shown : undefined;
  const selection = chosen ? { ids: chosen } : {};
  const isAll = chosen === undefined;
  const words = chosen ? count(chosen.length) : 'all';
  const onDone = (): void => {
    onSelect(new Set());
    reload();
  };
  const begin = (name: 'redrive' | 'delete' | 'purge') => () =>
    onAct(deed({ queue: found.queue, name, selection: name === 'purge' ? {} : selection, onDone }));
  const isAllSelected = shown.length > 0 && ids.length === shown.length;
  return (
    <div class="row">
      <label class="check">
        <input
          type="checkbox"
          checked={isAllSelected}
          onChange={() => onSelect(new Set(isAllSelected ? [] : shown))}
        />
        {ids.length > 0
          ? `${counted(ids.length, 'message')} selected`
          : `Select all ${count(shown.length)} shown`}
      </label>
      <span class="row push">
        {isDead && (
          <button
            type="button"
            class="primary"
            disabled={!mayWrite() || chosen?.length === 0}
            onClick={begin('redrive')}
          >
            <Icon name="redrive" /> Redrive {words}
          </button>
        )}
        {!isAll && (
          <button
            type="button"
            class="danger"
            disabled={!mayWrite() || chosen?.length === 0}
            onClick={begin('delete')}
          >
            <Icon name="trash" /> Delete {words}
          </button>
        )}
        {isAll && (
          <button type="button" class="danger" disabled={!mayWrite()} onClick={begin('purge')}>
            <Icon name="trash" /> Purge
          </button>
        )}
      </span>
    </div>
  );
}
