import { Graph, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode } from '../../../src/lib/dashboard/api/index.ts';

/** Sizes in `rem`, so that the graph grows with the type: of a node, of what stands on an edge, and around all of it. */
const NODE_WIDTH = 18;
const MAX_NODE_WIDTH = 25;
const NAME_LETTER = 0.6;
const NAME_PADDING = 4;
export const NODE_HEIGHT = 4.6;
const MAX_LABEL_WIDTH = 13;
const LABEL_LETTER = 0.5;
const LABEL_PADDING = 3;
export const LABEL_HEIGHT = 1.8;
const BETWEEN_NODES = 1.1;
const BETWEEN_RANKS = 3.4;
export const MARGIN = 0.6;

/** A box by its centre, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything is drawn. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** By node id. */
  readonly nodes: ReadonlyMap<string, Box>;
  /** By edge id: an SVG path, and where its label stands. */
  readonly edges: ReadonlyMap<string, { readonly path: string; readonly label: Box | undefined }>;
}

/** What is drawn: an edge needs room where it has a label. */
export interface Wiring {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** What stands on an edge; undefined for nothing. */
  readonly labelOf: (edge: GraphEdge) => string | undefined;
}

/** Lays a graph out in layers from left to right. @param rem pixels of one `rem` */
export function draw({ nodes, edges, labelOf }: Wiring, rem: number): Drawing {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: BETWEEN_NODES * rem,
    ranksep: BETWEEN_RANKS * rem,
    edgesep: 0.5 * rem,
    marginx: MARGIN * rem,
    marginy: MARGIN * rem,
  });
  const nodeRoom = nodeWidth(nodes) * rem;
  for (const { id } of nodes) {
    graph.setNode(id, { width: nodeRoom, height: NODE_HEIGHT * rem });
  }
  const known = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  for (const edge of known) {
    const label = labelOf(edge);
    const width = label === undefined ? 0 : widthOf(label) * rem;
    const height = label === undefined ? 0 : LABEL_HEIGHT * rem;
    graph.setEdge(edge.from, edge.to, { width, height, labelpos: 'c' }, edge.id);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: new Map(nodes.map(({ id }) => [id, boxOf(graph.node(id))])),
    edges: new Map(
      known.map((edge) => [edge.id, drawEdge(graph, edge, labelOf(edge) !== undefined)]),
    ),
  };
}

/** As wide as the longest name needs, within bounds. */
function nodeWidth(nodes: Wiring['nodes']): number {
  const longest = Math.max(0, ...nodes.map(({ name }) => name.length));
  return Math.min(MAX_NODE_WIDTH, Math.max(NODE_WIDTH, longest * NAME_LETTER + NAME_PADDING));
}

/** The room that a label takes, in `rem`. @param most at the most */
export function widthOf(label: string, most = MAX_LABEL_WIDTH): number {
  return Math.min(most, label.length * LABEL_LETTER + LABEL_PADDING);
}

interface Placed {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Placed): Box {
  return { x, y, width, height };
}

function drawEdge(
  graph: Graph,
  { id, from, to }: GraphEdge,
  hasLabel: boolean,
): { path: string; label: Box | undefined } {
  const start = boxOf(graph.node(from));
  const end = boxOf(graph.node(to));
  const label = hasLabel ? boxOf(graph.edge(from, to, id)) : undefined;
  const { points = [] } = graph.edge(from, to, id);
  // Ways past other layers keep clear of their nodes; dagre bends them there.
  const bends = label ? [label] : points.slice(2, -2);
  return { path: curve([rightOf(start), ...bends, leftOf(end)]), label };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function rightOf({ x, y, width }: Box): Point {
  return { x: x + width / 2, y };
}

function leftOf({ x, y, width }: Box): Point {
  return { x: x - width / 2, y };
}

/** A line through points that leaves and reaches each of them from left to right. */
function curve([first, ...rest]: readonly Point[]): string {
  if (first === undefined) return '';
  let from = first;
  let path = `M${first.x} ${first.y}`;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}
