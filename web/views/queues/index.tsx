import type { VNode } from 'preact';
import type { GraphNode, Overview } from '../../../src/lib/dashboard/api/index.ts';
import { Empty, Problem, Remarks } from '../../parts/empty.tsx';
import { Icon } from '../../parts/icon.tsx';
import { figures, overview, overviewProblem } from '../../state/overview.ts';
import { href, route } from '../../state/route.ts';
import { age, count, rate } from '../../text/figures.ts';
import { KINDS, needsCare } from '../topology/words.ts';
import { QueuePage } from './queue-page.tsx';

const HEADS = ['Queue', 'Waiting', 'In flight', 'Delayed', 'Oldest', 'In', 'Out', 'Receivers'];
const NOT_KNOWN = '–';

/** All queues, or one of them. */
export function QueuesView(): VNode {
  const { id } = route.value;
  const found = overview.value;
  const problem = overviewProblem.value;
  if (found === undefined) {
    return problem ? <Problem error={problem} /> : <Empty title="Reading what is there…" />;
  }
  return id === undefined ? <QueueList overview={found} /> : <QueuePage key={id} name={id} />;
}

function QueueList({
  overview: { nodes, target, commands },
}: {
  readonly overview: Overview;
}): VNode {
  const queues = nodes.filter(({ kind }) => kind === 'queue');
  const dead = nodes.filter(({ kind }) => kind === 'dead-letter-queue');
  if (queues.length + dead.length === 0) {
    return (
      <Empty
        title="No queues yet"
        because={['Nothing on this target receives messages.']}
        command={commands.setup}
      />
    );
  }
  return (
    <div class="stack">
      <QueueTable
        title="Dead-letter queues"
        queues={dead}
        none="No queue here has a dead-letter queue: what consumers fail on is tried until it expires."
      />
      <QueueTable title="Queues" queues={queues} none="There are dead-letter queues only." />
      <Remarks sentences={target.limits} />
    </div>
  );
}

function QueueTable(props: {
  readonly title: string;
  readonly queues: readonly GraphNode[];
  readonly none: string;
}): VNode {
  const { title, queues, none } = props;
  return (
    <section class="card stack" aria-label={title}>
      <h1>{title}</h1>
      {queues.length === 0 ? (
        <p class="muted">{none}</p>
      ) : (
        <table class="data">
          <thead>
            <tr>
              {HEADS.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <QueueRow key={queue.id} queue={queue} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function QueueRow({ queue }: { readonly queue: GraphNode }): VNode {
  const own = figures.value.get(queue.id);
  const shown = (value: number | null | undefined, words: (value: number) => string): string =>
    value == null ? NOT_KNOWN : words(value);
  return (
    <tr class={needsCare(queue, own) ? 'care' : ''}>
      <th scope="row">
        <a href={href('queues', queue.name)} class="row">
          <Icon name={KINDS[queue.kind].icon} />
          {queue.name}
        </a>
        {queue.missing && <span class="mark bad">missing</span>}
        {needsCare(queue, own) && <span class="visually-hidden">has dead letters</span>}
      </th>
      <td data-head="Waiting">{shown(own?.depth, count)}</td>
      <td data-head="In flight">{shown(own?.inFlight, count)}</td>
      <td data-head="Delayed">{shown(own?.delayed, count)}</td>
      <td data-head="Oldest">
        {own && own.depth + own.inFlight === 0 ? NOT_KNOWN : shown(own?.oldestAgeSeconds, age)}
      </td>
      <td data-head="In">{shown(own?.rateIn, rate)}</td>
      <td data-head="Out">{shown(own?.rateOut, rate)}</td>
      <td data-head="Receivers">{shown(own?.receivers, count)}</td>
    </tr>
  );
}
