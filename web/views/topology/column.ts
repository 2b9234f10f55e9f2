import {
  type Box,
  type Drawing,
  LABEL_HEIGHT,
  MARGIN,
  NODE_HEIGHT,
  type Wiring,
  widthOf,
} from './layout.ts';

/** Sizes in `rem`. What a node leads to stands below it, further in. */
const INDENT = 1.8;
const MAX_DEPTH = 4;
const GAP = 0.9;
const LABEL_GAP = 0.5;
/** To the right of all nodes: ways that lead to what stands elsewhere already. */
const LANE = 1.2;

/**
 * Lays a graph out from top to bottom in one column, for where there is no room for layers beside each other: each node
 * below the first one that leads to it. @param rem pixels of one `rem` @param width pixels that there are
 */
export function drawColumn({ nodes, edges, labelOf }: Wiring, rem: number, width: number): Drawing {
  const ids = new Set(nodes.map(({ id }) => id));
  const known = edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const boxes = new Map<string, Box>();
  const labels = new Map<string, Box>();
  const parents = new Map<string, string>();
  const right = width - (MARGIN + LANE) * rem;
  let y = MARGIN * rem;
  const addLabels = (id: string, left: number): void => {
    for (const edge of known.filter(({ to }) => to === id)) {
      const label = labelOf(edge);
      if (label === undefined) continue;
      const room = Math.min(widthOf(label, Number.POSITIVE_INFINITY) * rem, right - left);
      const height = LABEL_HEIGHT * rem;
      labels.set(edge.id, { x: left + room / 2, y: y + height / 2, width: room, height });
      y += height + LABEL_GAP * rem;
    }
  };
  const place = (id: string, depth: number): void => {
    const left = (MARGIN + INDENT * Math.min(depth, MAX_DEPTH)) * rem;
    addLabels(id, left);
    const height = NODE_HEIGHT * rem;
    boxes.set(id, { x: (left + right) / 2, y: y + height / 2, width: right - left, height });
    y += height + GAP * rem;
    for (const { from, to } of known) {
      if (from !== id || boxes.has(to)) continue;
      parents.set(to, id);
      place(to, depth + 1);
    }
  };
  const isLedTo = new Set(known.map(({ to }) => to));
  const roots = nodes.filter(({ id }) => !isLedTo.has(id));
  for (const { id } of [...roots, ...nodes]) if (!boxes.has(id)) place(id, 0);
  return {
    width,
    height: y,
    nodes: boxes,
    edges: new Map(
      known.flatMap((edge) => {
        const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
        if (from === undefined || to === undefined) return [];
        const isBelow = parents.get(edge.to) === edge.from;
        const path = isBelow ? below(from, to, INDENT * rem) : beside(from, to, LANE * rem);
        return [[edge.id, { path, label: labels.get(edge.id) }]];
      }),
    ),
  };
}

/** Down from under a node's beginning, and in to another one. */
function below(from: Box, to: Box, indent: number): string {
  const x = from.x - from.width / 2 + indent / 2;
  const top = from.y + from.height / 2;
  return `M${x} ${top}V${to.y}H${to.x - to.width / 2}`;
}

/** Out to the right of a node, past others, and back to another one. */
function beside(from: Box, to: Box, lane: number): string {
  const [start, end] = [from.x + from.width / 2, to.x + to.width / 2];
  const out = Math.max(start, end) + lane;
  return `M${start} ${from.y}C${out} ${from.y} ${out} ${to.y} ${end} ${to.y}`;
}
