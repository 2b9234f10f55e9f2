import type { VNode } from 'preact';
import type { GraphNode, NodeFigures } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { figures } from '../../state/overview.ts';
import { href, route } from '../../state/route.ts';
import { isolated } from '../../text/controls.ts';
import { age, count, rate } from '../../text/figures.ts';
import { KINDS, kindWords, needsCare } from './words.ts';

/** A node of the graph: a link to its details. @param props.sent messages a second that come into a topic */
export function NodeCard(props: {
  readonly node: GraphNode;
  readonly sent: number | undefined;
}): VNode {
  const { node, sent } = props;
  const own = figures.value.get(node.id);
  const isCurrent = route.value.params.get('node') === node.id;
  const tone = node.missing ? 'missing' : needsCare(node, own) ? 'care' : '';
  return (
    <a
      class={`node ${node.kind} ${tone}`}
      href={href('topology', undefined, { node: node.id })}
      aria-current={isCurrent ? 'true' : undefined}
    >
      <span class="node-name" title={isolated(node.name)}>
        <Icon name={KINDS[node.kind].icon} />
        <span>
          <Foreign text={node.name} />
        </span>
      </span>
      <span class="node-kind">
        {kindWords(node)}
        {node.subscriber !== null && ` of ${node.subscriber}`}
        {sent !== undefined && sent > 0 && <b class="push">{rate(sent)}</b>}
      </span>
      {own && <Figures figures={own} />}
    </a>
  );
}

function Figures({ figures: own }: { readonly figures: NodeFigures }): VNode {
  const { depth, inFlight, delayed, oldestAgeSeconds, rateIn, rateOut } = own;
  return (
    <span class="node-figures">
      <span>
        <b>{count(depth)}</b> waiting
      </span>
      <span>
        <b>{count(inFlight)}</b> in flight
      </span>
      {delayed > 0 && (
        <span>
          <b>{count(delayed)}</b> delayed
        </span>
      )}
      {oldestAgeSeconds !== null && depth + inFlight + delayed > 0 && (
        <span title="Age of the oldest message">{age(oldestAgeSeconds)}</span>
      )}
      {(rateIn ?? 0) + (rateOut ?? 0) > 0 && (
        <span class="push" title="Messages in and out, a second">
          {rate(rateIn ?? 0)} in, {rate(rateOut ?? 0)} out
        </span>
      )}
    </span>
  );
}
