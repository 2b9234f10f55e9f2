import { computed, signal } from '@preact/signals';
import type {
  GraphNode,
  NodeFigures,
  Overview,
  StreamFrame,
} from '../../src/lib/dashboard/api/index.ts';
import { ApiError, api } from './api.ts';
import { listen } from './stream.ts';

/** Changes that come in a row are read once, after this many milliseconds. */
const CHANGE_DELAY_MS = 300;
/** How soon a page without an overview tries again, in milliseconds. */
const RETRY_MS = 1_000;

/** What is on the target; undefined until it was read. */
export const overview = signal<Overview | undefined>(undefined);
/** Why the overview could not be read; undefined when it was. */
export const overviewProblem = signal<ApiError | undefined>(undefined);
/** The newest figures of each node, by its id. */
export const figures = signal<ReadonlyMap<string, NodeFigures>>(new Map());

/** Messages in all dead-letter queues together. */
export const deadLetterCount = computed(() => {
  const dead = overview.value?.nodes.filter(({ kind }) => kind === 'dead-letter-queue') ?? [];
  const counts = dead.map(({ id }) => figures.value.get(id));
  return counts.reduce((sum, each) => sum + (each ? each.depth + each.inFlight : 0), 0);
});

/** The node of a name, as links to queues name them. */
export function nodeNamed(name: string): GraphNode | undefined {
  return overview.value?.nodes.find((node) => node.name === name);
}

/** The node of an id. */
export function nodeOf(id: string): GraphNode | undefined {
  return overview.value?.nodes.find((node) => node.id === id);
}

/** Reads the overview, now and whenever what is there changes. */
export function followOverview(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), delay);
  };
  const read = async (): Promise<void> => {
    try {
      const found = await api.overview();
      overview.value = found;
      overviewProblem.value = undefined;
      takeFigures(found.nodes.flatMap((node) => node.figures ?? []));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      overviewProblem.value = error;
      if (error.code === 'EngineGone') soon(RETRY_MS);
    }
  };
  listen({
    frame: ({ nodes }: StreamFrame) => nodes.length > 0 && takeFigures(nodes),
    changed: () => soon(CHANGE_DELAY_MS),
    resync: () => soon(0),
  });
  soon(0);
}

function takeFigures(changed: readonly NodeFigures[]): void {
  figures.value = new Map([
    ...figures.value,
    ...changed.map((each): [string, NodeFigures] => [each.id, each]),
  ]);
}
