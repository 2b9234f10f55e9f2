import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { GraphEdge, GraphNode, Overview } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { EDGE_STATES } from '../../parts/mark.tsx';
import { useNarrow } from '../../parts/room.ts';
import { large } from '../../state/preferences.ts';
import { href, route } from '../../state/route.ts';
import { listen } from '../../state/stream.ts';
import { edgeRates } from '../../state/traffic.ts';
import { isolated } from '../../text/controls.ts';
import { rate } from '../../text/figures.ts';
import { drawColumn } from './column.ts';
import { type Box, type Drawing, draw } from './layout.ts';
import { NodeCard } from './node-card.tsx';
import { Pulses } from './pulses.ts';
import { edgeLabel, isBroken } from './words.ts';

/** The graph gets no smaller than this: then it is scrolled. */
const MIN_SCALE = 0.7;
/** Nor does it get larger than this where there is room. */
const MAX_SCALE = 1.25;

/** The graph of everything that is there. */
export function Graph({ overview }: { readonly overview: Overview }): VNode {
  const { nodes, edges } = overview;
  const rem = large.value ? 21 : 14;
  const frame = useRef<HTMLDivElement>(null);
  const room = useRoom(frame);
  // Of a wide window the picture depends by its scale only.
  const column = useNarrow() && room > 0 ? room : undefined;
  const drawing = useMemo(() => {
    const wiring = { nodes, edges, labelOf };
    return column === undefined ? draw(wiring, rem) : drawColumn(wiring, rem, column);
  }, [nodes, edges, rem, column]);
  const { width, height } = drawing;
  const scale = room === 0 ? 1 : Math.min(MAX_SCALE, Math.max(MIN_SCALE, room / width));
  return (
    <div class="graph" ref={frame}>
      <div style={{ width: px(width * scale), height: px(height * scale) }} class="graph-room">
        <div
          class="graph-plane"
          role="group"
          aria-label="Topology as a graph"
          style={{ width: px(width), height: px(height), transform: `scale(${scale})` }}
        >
          <Edges edges={edges} drawing={drawing} />
          {nodes.map((node) => (
            <Placed key={node.id} box={drawing.nodes.get(node.id)}>
              <NodeCard node={node} sent={publishRate(node, edges)} />
            </Placed>
          ))}
          {edges
            .filter((edge) => labelOf(edge) !== undefined)
            .map((edge) => (
              <Placed key={edge.id} box={drawing.edges.get(edge.id)?.label}>
                <EdgeLabel edge={edge} />
              </Placed>
            ))}
        </div>
      </div>
    </div>
  );
}

/** What stands on an edge: what is wrong with it, or its filter. */
function labelOf(edge: GraphEdge): string | undefined {
  if (edge.state === 'delivering') return edgeLabel(edge);
  const { words } = EDGE_STATES[edge.state];
  return edge.reason === null ? words : `${words}: ${edge.reason}`;
}

/** What comes into a topic: each subscription sees all of it. */
function publishRate({ id, kind }: GraphNode, edges: readonly GraphEdge[]): number | undefined {
  if (kind !== 'topic') return undefined;
  const seen = edges
    .filter(({ from }) => from === id)
    .map((edge) => edgeRates.value.get(edge.id))
    .map((each) => (each ? each.passed + each.stopped : 0));
  return Math.max(0, ...seen);
}

/** The width that there is for the graph, in pixels; 0 until it is measured. */
function useRoom(frame: { readonly current: HTMLElement | null }): number {
  const [room, setRoom] = useState(0);
  useEffect(() => {
    if (frame.current === null) return;
    const observer = new ResizeObserver(([entry]) => setRoom(entry?.contentRect.width ?? 0));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return room;
}

function Placed(props: { readonly box: Box | undefined; readonly children: VNode }): VNode | null {
  if (props.box === undefined) return null;
  const { x, y, width, height } = props.box;
  const transform = `translate(${x - width / 2}px, ${y - height / 2}px)`;
  return (
    <div class="placed" style={{ width: px(width), height: px(height), transform }}>
      {props.children}
    </div>
  );
}

function Edges(props: { readonly edges: readonly GraphEdge[]; readonly drawing: Drawing }): VNode {
  const { edges, drawing } = props;
  const group = useRef<SVGGElement>(null);
  useEffect(() => {
    if (group.current === null) return;
    const pulses = new Pulses(group.current);
    return listen({
      frame: (frame) => {
        for (const traffic of frame.edges) {
          const path = drawing.edges.get(traffic.id)?.path;
          if (path !== undefined) pulses.show(traffic, path);
        }
      },
    });
  }, [drawing]);
  return (
    <svg class="edges" width={drawing.width} height={drawing.height} aria-hidden="true">
      <defs>
        {['quiet', 'busy', 'broken'].map((tone) => (
          <marker
            key={tone}
            id={`arrow-${tone}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path class={`arrow ${tone}`} d="M0 0 8 4 0 8z" />
          </marker>
        ))}
      </defs>
      {edges.map((edge) => {
        const path = drawing.edges.get(edge.id)?.path;
        const tone = toneOf(edge);
        return (
          path !== undefined && (
            <path
              key={edge.id}
              class={`edge ${tone} ${edge.kind}`}
              d={path}
              marker-end={`url(#arrow-${tone})`}
              data-edge={edge.id}
            />
          )
        );
      })}
      <g ref={group} />
    </svg>
  );
}

function toneOf(edge: GraphEdge): 'quiet' | 'busy' | 'broken' {
  if (isBroken(edge)) return 'broken';
  return (edgeRates.value.get(edge.id)?.passed ?? 0) > 0 ? 'busy' : 'quiet';
}

function EdgeLabel({ edge }: { readonly edge: GraphEdge }): VNode {
  const look = EDGE_STATES[edge.state];
  const isPlain = edge.state === 'delivering';
  const label = labelOf(edge);
  const stopped = edgeRates.value.get(edge.id)?.stopped ?? 0;
  return (
    <a
      class={`edge-label mark ${isPlain ? 'quiet' : look.tone}`}
      href={href('topology', undefined, { edge: edge.id })}
      aria-current={route.value.params.get('edge') === edge.id ? 'true' : undefined}
      title={label && isolated(label)}
    >
      {edge.kind === 'subscription' && <Icon name={isPlain ? 'filtered' : look.icon} />}
      <span>
        <Foreign text={label ?? ''} />
      </span>
      {stopped > 0 && <span class="stopped">{rate(stopped)}</span>}
    </a>
  );
}

function px(length: number): string {
  return `${length}px`;
}
