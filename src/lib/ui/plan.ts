import type { ChalkInstance } from 'chalk';

/** A change as it is shown: what the topology area plans. */
export interface ShownChange {
  readonly action: 'create' | 'update' | 'unchanged' | 'delete' | 'leave';
  readonly type: string;
  readonly name: string;
  readonly differences?: readonly {
    readonly setting: string;
    readonly from: string | undefined;
    readonly to: string | undefined;
  }[];
  /** The topic of a subscription, where there are several. */
  readonly topic?: string | undefined;
  /** Said behind the name, in brackets. */
  readonly remark?: string;
}

const SIGNS = { create: '+', update: '~', unchanged: '=', delete: '-', leave: '!' } as const;
/** What a terminal has at least. */
const COLUMNS = 80;
/** Of the types' column, unless one is wider. */
const TYPE_WIDTH = 'subscription'.length;

/** One line a change, and below an update one for each setting: old → new. */
export function renderChanges(changes: readonly ShownChange[], style: ChalkInstance): string[] {
  const paint = {
    create: style.green,
    update: style.yellow,
    unchanged: style.dim,
    delete: style.red,
    leave: style.yellow,
  };
  const width = Math.max(TYPE_WIDTH, ...changes.map(({ type }) => type.length));
  return changes.flatMap(({ action, type, name, topic, differences = [], remark }) => [
    paint[action](
      `${SIGNS[action]} ${type.padEnd(width)}  ${name}${topic === undefined ? '' : ` from ${topic}`}`,
    ) + (remark ? style.dim(` (${remark})`) : ''),
    ...differences.flatMap((difference) => renderDifference(difference, style)),
  ]);
}

/** What is lost with a queue or a table, such as `about 3 messages in it`; empty for nothing. */
export function heldWords(noun: 'item' | 'message', count: number): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${noun} in it` : `about ${count} ${noun}s in it`;
}

/** Old → new on a line; a policy's long texts go below each other. */
function renderDifference(
  { setting, from, to }: { setting: string; from: string | undefined; to: string | undefined },
  style: ChalkInstance,
): string[] {
  const was = from ?? 'none';
  const becomes = to ?? 'none';
  const fits = setting.length + was.length + becomes.length <= COLUMNS - '    : → '.length;
  return fits
    ? [`    ${setting}: ${style.dim(was)} → ${becomes}`]
    : [`    ${setting}:`, `        ${style.dim(was)}`, `      → ${becomes}`];
}

/** Counts of a setup plan, such as `10 to create, 1 to update, 2 unchanged`. */
export function summarizeChanges(changes: readonly ShownChange[]): string {
  const count = (wanted: ShownChange['action']): number =>
    changes.filter(({ action }) => action === wanted).length;
  const removed = count('delete') > 0 ? `, ${count('delete')} to delete` : '';
  return `${count('create')} to create, ${count('update')} to update${removed}, ${count('unchanged')} unchanged`;
}

/** The line of a wait until deleted queues' names are free again. */
export function renderNameWait(queues: readonly string[], secondsLeft: number): string {
  const [first = ''] = queues;
  const who = queues.length > 1 ? `${queues.length} queues were` : `${first} was`;
  const left = secondsLeft > 0 ? ` ${secondsLeft} s` : '';
  return `Waiting${left}: ${who} deleted less than a minute ago`;
}
