import { Graph, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode } from '../../../src/lib/dashboard/api/index.ts';

/** Sizes in `rem`, so that the graph grows with the type. */
const NODE_WIDTH = 16;
const NODE_HEIGHT = 4.6;
const LABEL_WIDTH = 11;
const LABEL_HEIGHT = 1.8;
const BETWEEN_NODES = 1.1;
const BETWEEN_RANKS = 2.6;
const MARGIN = 0.6;

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
  readonly hasLabel: (edge: GraphEdge) => boolean;
}

/** Lays a graph out in layers from left to right. @param rem pixels of one `rem` */
export function draw({ nodes, edges, hasLabel }: Wiring, rem: number): Drawing {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: BETWEEN_NODES * rem,
    ranksep: BETWEEN_RANKS * rem,
    edgesep: 0.5 * rem,
    marginx: MARGIN * rem,
    marginy: MARGIN * rem,
  });
  for (const { id } of nodes) {
    graph.setNode(id, { width: NODE_WIDTH * rem, height: NODE_HEIGHT * rem });
  }
  const known = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  for (const edge of known) {
    const label = hasLabel(edge)
      ? { width: LABEL_WIDTH * rem, height: LABEL_HEIGHT * rem, labelpos: 'c' }
      : { width: 0, height: 0 };
    graph.setEdge(edge.from, edge.to, label, edge.id);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: new Map(nodes.map(({ id }) => [id, boxOf(graph.node(id))])),
    edges: new Map(known.map((edge) => [edge.id, drawEdge(graph, edge, hasLabel(edge))])),
  };
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
  const edge = graph.edge(from, to, id);
  return { path: curve(edge.points ?? []), label: hasLabel ? boxOf(edge) : undefined };
}

/** A line through points that turns softly: each point but the ends bends it. */
function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (first === undefined || last === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, place) => {
    const next = rest[place + 1] ?? last;
    const isEnd = place === rest.length - 1;
    const to = isEnd ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    path += `Q${point.x} ${point.y} ${to.x} ${to.y}`;
  });
  return rest.length === 0 ? `${path}L${last.x} ${last.y}` : path;
}
