import type { Topology } from '../../definition/topology.ts';
import { diagnose } from '../../diagnose/doctor/diagnose.ts';
import { readWiring } from '../../diagnose/wiring/read-wiring.ts';
import type { WiredQueue, Wiring } from '../../diagnose/wiring/wiring.ts';
import type { Place } from '../../topology/inspect.ts';
import type { GraphEdge, GraphNode } from '../api/overview.ts';
import type { CountableQueue } from '../live/figures.ts';
import type { CommandLines } from '../target.ts';
import { edgesOf, type ReadTraffic } from './edges.ts';
import { functionsOf, readFunctions } from './functions.ts';
import { judgedWays } from './judge.ts';
import { missingOf } from './missing.ts';
import { nodesOf } from './nodes.ts';

/** What is on the target as a graph, without figures. */
export interface WiredGraph {
  readonly topology: Topology;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Resources that were not looked at. */
  readonly unread: number;
  readonly remarks: readonly string[];
  /** Queues that there are. */
  readonly queues: readonly (WiredQueue & CountableQueue)[];
  /** Names of the topology's subscribers by their queues' names. */
  readonly subscribers: ReadonlyMap<string, string>;
}

/** What a graph is read from. */
export interface GraphRequest {
  readonly place: Place;
  readonly stateDir: string;
  readonly commands: CommandLines;
  readonly traffic: ReadTraffic;
}

/**
 * Reads what is on the target, who is wired to whom, and what stands in the way.
 * @throws AppError when nobody answers, the credentials are no good, or the lists may not be read.
 */
export async function readGraph({
  place,
  stateDir,
  commands,
  traffic,
}: GraphRequest): Promise<WiredGraph> {
  const { topology, aws } = place;
  const [wiring, found] = await Promise.all([readWiring(aws), readFunctions(place)]);
  const queues = new Set(wiring.queues.map(({ name }) => name));
  const isSetUp = isThere(topology, wiring);
  const functions = found.filter(({ key, arn, mappings }) =>
    key === undefined ? mappings.some(({ queue }) => queues.has(queue)) : isSetUp || arn !== null,
  );
  const checks = isSetUp ? (await diagnose({ place, stateDir })).found.checks : [];
  const ways = judgedWays(topology, checks, commands);
  const called = functionsOf(functions, topology);
  const ids = new Set(called.map(({ id }) => id));
  const nodes = [...nodesOf(wiring, topology).filter(({ id }) => !ids.has(id)), ...called];
  const edges = edgesOf({ wiring, functions, ways, commands, traffic });
  const missing = isSetUp ? missingOf({ nodes, edges, place, commands }) : { nodes: [], edges: [] };
  const all = [...nodes, ...missing.nodes];
  return {
    topology,
    nodes: all,
    edges: [...edges, ...missing.edges],
    unread: wiring.unread,
    remarks: isSetUp ? [] : [notSetUp(topology, all.length, commands)],
    queues: wiring.queues,
    subscribers: new Map(topology.subscribers.map(({ queue, name }) => [queue, name])),
  };
}

/** Whether anything of a topology is there: one that isn't needs no graph of what is missing. */
function isThere({ topics, subscribers }: Topology, wiring: Wiring): boolean {
  const queues = new Set(wiring.queues.map(({ name }) => name));
  return (
    subscribers.some(({ queue }) => queues.has(queue)) ||
    topics.some(({ name, arn }) =>
      wiring.topics.some((each) => each.name === name || each.arn === arn),
    )
  );
}

function notSetUp({ name, managed }: Topology, found: number, commands: CommandLines): string {
  // Where nothing is at all, the page shows the command below these words.
  if (found === 0) return `The topology ${name} is not set up.`;
  const what = `Nothing of ${name} is here.`;
  return managed ? `${what} Set it up with: ${commands.pubsub('setup')}` : what;
}
