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
  /** Said behind the name, in brackets. */
  readonly remark?: string;
}

const SIGNS = { create: '+', update: '~', unchanged: '=', delete: '-', leave: '!' } as const;
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
  return changes.flatMap(({ action, type, name, differences = [], remark }) => [
    paint[action](`${SIGNS[action]} ${type.padEnd(TYPE_WIDTH)}  ${name}`) +
      (remark ? style.dim(` (${remark})`) : ''),
    ...differences.map(
      ({ setting, from, to }) =>
        `    ${setting}: ${from ?? style.dim('none')} → ${to ?? style.dim('none')}`,
    ),
  ]);
}

/** Counts of a setup plan, such as `10 to create, 1 to update, 2 unchanged`. */
export function summarizeChanges(changes: readonly ShownChange[]): string {
  const count = (wanted: ShownChange['action']): number =>
    changes.filter(({ action }) => action === wanted).length;
  return `${count('create')} to create, ${count('update')} to update, ${count('unchanged')} unchanged`;
}

/** The line of a wait until deleted queues' names are free again. */
export function renderNameWait(queues: readonly string[], secondsLeft: number): string {
  const [first = '', ...others] = queues;
  const who = others.length > 0 ? `${first} and ${others.length} more were` : `${first} was`;
  const left = secondsLeft > 0 ? `${secondsLeft} s left` : 'any moment now';
  return `Waiting: ${who} deleted less than a minute ago (${left})`;
}
