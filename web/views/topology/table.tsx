import type { VNode } from 'preact';
import type { GraphEdge, GraphNode, Overview } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign } from '../../parts/foreign.tsx';
import { EDGE_STATES, Mark } from '../../parts/mark.tsx';
import { figures } from '../../state/overview.ts';
import { href } from '../../state/route.ts';
import { edgeRates } from '../../state/traffic.ts';
import { age, count, rate } from '../../text/figures.ts';
import { edgeLabel, kindWords } from './words.ts';

const NOT_KNOWN = '–';

/** The graph in words, for the keyboard and for who hears it. */
export function TopologyTable({ overview }: { readonly overview: Overview }): VNode {
  const names = new Map(overview.nodes.map(({ id, name }) => [id, name]));
  const isCounted = overview.target.knows.history;
  return (
    <div class="card stack scroll">
      <table class="data">
        <caption>What is there</caption>
        <thead>
          <tr>
            {['Name', 'Kind', 'Subscriber', 'Waiting', 'In flight', 'Oldest', 'In', 'Out'].map(
              (head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {overview.nodes.map((node) => (
            <NodeRow key={node.id} node={node} />
          ))}
        </tbody>
      </table>
      <table class="data">
        <caption>Who is wired to whom</caption>
        <thead>
          <tr>
            {['From', 'To', 'State', 'Filter', 'Passed', 'Stopped'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {overview.edges.map((edge) => (
            <EdgeRow key={edge.id} edge={edge} names={names} isCounted={isCounted} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NodeRow({ node }: { readonly node: GraphNode }): VNode {
  const own = figures.value.get(node.id);
  const figure = (value: number | null | undefined, show: (value: number) => string): string =>
    value === null || value === undefined ? NOT_KNOWN : show(value);
  return (
    <tr>
      <th scope="row">
        <a href={href('topology', undefined, { as: 'table', node: node.id })}>
          <Foreign text={node.name} />
        </a>
      </th>
      <td data-head="Kind">{kindWords(node)}</td>
      <td data-head="Subscriber">{node.subscriber ?? NOT_KNOWN}</td>
      <td data-head="Waiting">{figure(own?.depth, count)}</td>
      <td data-head="In flight">{figure(own?.inFlight, count)}</td>
      <td data-head="Oldest">{figure(own?.oldestAgeSeconds || null, age)}</td>
      <td data-head="In">{figure(own?.rateIn, rate)}</td>
      <td data-head="Out">{figure(own?.rateOut, rate)}</td>
    </tr>
  );
}

function EdgeRow(props: {
  readonly edge: GraphEdge;
  readonly names: ReadonlyMap<string, string>;
  readonly isCounted: boolean;
}): VNode {
  const { edge, names, isCounted } = props;
  const traffic = edgeRates.value.get(edge.id);
  return (
    <tr>
      <th scope="row">
        <a href={href('topology', undefined, { as: 'table', edge: edge.id })}>
          <Foreign text={names.get(edge.from) ?? edge.from} />
        </a>
      </th>
      <td data-head="To">
        <Foreign text={names.get(edge.to) ?? edge.to} />
      </td>
      <td data-head="State">
        <Mark look={EDGE_STATES[edge.state]} />
        {edge.reason !== null && (
          <p class="small">
            <Foreign text={edge.reason} />
          </p>
        )}
      </td>
      <td data-head="Filter" class="mono">
        <Foreign text={edgeLabel(edge) ?? NOT_KNOWN} />
      </td>
      <td data-head="Passed">{isCounted ? rate(traffic?.passed ?? 0) : NOT_KNOWN}</td>
      <td data-head="Stopped">{isCounted ? rate(traffic?.stopped ?? 0) : NOT_KNOWN}</td>
    </tr>
  );
}
