import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Overview } from '../../../src/lib/dashboard/api/index.ts';
import { Empty, Problem, Remarks } from '../../parts/empty.tsx';
import { overview, overviewProblem } from '../../state/overview.ts';
import { href, readRoute, route, setParams } from '../../state/route.ts';
import { counted } from '../../text/figures.ts';
import { Details } from './details.tsx';
import { Graph } from './graph.tsx';
import { TopologyTable } from './table.tsx';
import { isBroken } from './words.ts';

/** Everything that is there and who is wired to whom, with the traffic. */
export function TopologyView(): VNode {
  const found = overview.value;
  const problem = overviewProblem.value;
  const { params } = route.value;
  const isOpen = params.has('node') || params.has('edge');
  useEffect(() => {
    const close = ({ key, defaultPrevented }: KeyboardEvent): void => {
      if (key === 'Escape' && !defaultPrevented) closeDetails();
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, []);
  if (found === undefined) {
    return problem ? <Problem error={problem} /> : <Empty title="Reading what is there…" />;
  }
  if (found.nodes.length === 0) {
    return (
      <Empty title="Nothing is there yet" because={found.remarks} command={found.commands.setup} />
    );
  }
  return (
    <div class={`topology ${isOpen ? 'with-details' : ''}`}>
      <section class="topology-picture" aria-label="Topology">
        <Head overview={found} />
        {params.get('as') === 'table' ? (
          <TopologyTable overview={found} />
        ) : (
          <Graph overview={found} />
        )}
        <Remarks sentences={[...found.remarks, ...unread(found), ...found.target.limits]} />
      </section>
      {isOpen && <Details overview={found} close={closeDetails} />}
    </div>
  );
}

function unread({ unread: resources }: Overview): string[] {
  if (resources === 0) return [];
  return [
    `${counted(resources, 'further resource')} of this target ${resources === 1 ? 'was' : 'were'} not looked at.`,
  ];
}

/** Closes the panel; the focus goes back to what it was about. */
function closeDetails(): void {
  const { params } = route.peek();
  if (!params.has('node') && !params.has('edge')) return;
  const opener = [...document.querySelectorAll<HTMLAnchorElement>('.topology-picture a')].find(
    ({ hash }) => {
      const own = readRoute(hash).params;
      return own.get('node') === params.get('node') && own.get('edge') === params.get('edge');
    },
  );
  setParams({ node: undefined, edge: undefined });
  opener?.focus();
}

function Head({ overview: { topology, nodes, edges } }: { readonly overview: Overview }): VNode {
  const broken = edges.filter(isBroken).length;
  const asTable = route.value.params.get('as') === 'table';
  const topics = nodes.filter(({ kind }) => kind === 'topic').length;
  return (
    <header class="row">
      <h1>{topology.name}</h1>
      <span class="muted">
        {counted(topics, 'topic')}, {counted(nodes.length - topics, 'other node')}
        {!topology.managed && ', made by others'}
      </span>
      {broken > 0 && (
        <a class="mark bad" href={href('doctor')}>
          <span>{counted(broken, 'broken way')}: ask the doctor</span>
        </a>
      )}
      <nav class="segmented push" aria-label="Show the topology as">
        <a href={href('topology')} aria-current={asTable ? undefined : 'true'}>
          Graph
        </a>
        <a
          href={href('topology', undefined, { as: 'table' })}
          aria-current={asTable ? 'true' : undefined}
        >
          Table
        </a>
      </nav>
    </header>
  );
}
