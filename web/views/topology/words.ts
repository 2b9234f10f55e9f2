import type {
  GraphEdge,
  GraphNode,
  NodeFigures,
  NodeKind,
} from '../../../src/lib/dashboard/api/index.ts';
import type { IconName } from '../../parts/icon.tsx';

/** What kinds of nodes are called. */
export const KINDS: Readonly<
  Record<NodeKind, { readonly words: string; readonly icon: IconName }>
> = {
  topic: { words: 'topic', icon: 'topic' },
  queue: { words: 'queue', icon: 'queues' },
  'dead-letter-queue': { words: 'dead-letter queue', icon: 'dead' },
  function: { words: 'function', icon: 'function' },
  elsewhere: { words: 'endpoint', icon: 'elsewhere' },
};

/** Whether nothing passes an edge as it is. */
export function isBroken({ state }: GraphEdge): boolean {
  return ['filtering', 'refusing', 'broken', 'missing'].includes(state);
}

/** What stands on an edge: its filter or how often a queue tries; undefined for nothing. */
export function edgeLabel({ filter, maxReceiveCount }: GraphEdge): string | undefined {
  if (filter !== null) return filterWords(filter.policy);
  return maxReceiveCount === null ? undefined : `after ${maxReceiveCount}×`;
}

/** A filter policy without the signs of JSON, for where there is little room. */
export function filterWords(policy: string): string {
  return policy
    .replace(/[\s]+/g, ' ')
    .replace(/^\{ ?| ?\}$/g, '')
    .replace(/"/g, '')
    .replace(/ ?: ?\[ ?/g, ': ')
    .replace(/ ?\] ?/g, '')
    .replace(/ ?, ?/g, ', ');
}

/** A kind in words, with FIFO and whose it is. */
export function kindWords({ kind, fifo, missing }: GraphNode): string {
  return [missing ? 'missing' : '', fifo ? 'FIFO' : '', KINDS[kind].words]
    .filter((each) => each !== '')
    .join(' ');
}

/** Whether a dead-letter queue has something, which somebody should see to. */
export function needsCare({ kind }: GraphNode, figures: NodeFigures | undefined): boolean {
  return (
    kind === 'dead-letter-queue' && figures !== undefined && figures.depth + figures.inFlight > 0
  );
}
