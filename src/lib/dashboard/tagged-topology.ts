import { DEFAULT_TOPOLOGY } from '../config/settings.ts';
import { findTopology } from '../config/topology.ts';
import type { Topology } from '../definition/topology.ts';
import { findTagged } from '../topology/describe/tagged.ts';
import type { Place } from '../topology/inspect.ts';

const NO_PROJECT = { path: '', written: {} };

/**
 * Reads the topology that is on a target, where no project says which is meant: the default one where it is there, else
 * the first by name; the default one where there is none. What comes with this tool knows its events too.
 */
export async function readTopology(target: Pick<Place, 'aws' | 'identity'>): Promise<Topology> {
  const first = await findTagged(target, DEFAULT_TOPOLOGY);
  const [other] = first.names;
  if (first.topology === undefined && other === undefined) {
    return (await shipped(DEFAULT_TOPOLOGY)) ?? nothing();
  }
  const tagged = first.topology ?? (await findTagged(target, other ?? '')).topology;
  if (tagged === undefined) return nothing();
  const known = await shipped(tagged.name);
  if (known === undefined) return tagged;
  const names = new Set(tagged.topics.map(({ name }) => name));
  // As it comes, it knows its functions and defaults too; under other names, its events at least.
  return known.topics.every(({ name }) => names.has(name))
    ? known
    : { ...tagged, events: eventsOf(known, tagged) };
}

function shipped(topology: string): Promise<Topology | undefined> {
  return findTopology({ topology, prefix: '', project: NO_PROJECT });
}

/** Events of a topology of other names; where it has one topic, they go there. */
function eventsOf({ events }: Topology, { topics }: Topology): Topology['events'] {
  const keys = new Set(topics.map(({ key }) => key));
  return Object.fromEntries(
    Object.entries(events).map(([type, { topic, ...event }]) => [
      type,
      topic !== undefined && keys.has(topic) ? { ...event, topic } : event,
    ]),
  );
}

function nothing(): Topology {
  return {
    name: DEFAULT_TOPOLOGY,
    prefix: '',
    managed: false,
    folder: undefined,
    topics: [],
    subscribers: [],
    events: {},
    tables: [],
    functions: [],
  };
}
