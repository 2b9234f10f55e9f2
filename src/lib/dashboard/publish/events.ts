import { stringify } from 'lossless-json';
import type { Topology } from '../../definition/topology.ts';
import { createEventMaker } from '../../events/event-maker.ts';
import { messageData } from '../../events/message.ts';
import { AppError } from '../../rules/errors.ts';
import type { EventCatalogue, EventView } from '../api/publish.ts';
import type { Dashboard } from '../dashboard.ts';
import { attributeList } from '../foreign-text.ts';

/** `GET events`: what may be published. */
export async function events(dashboard: Dashboard): Promise<EventCatalogue> {
  const topology = await dashboard.topology();
  return {
    topics: topology.topics.map(({ key, name, fifo }) => ({ key, name, fifo })),
    events: Object.keys(topology.events).map((type) => eventView(topology, type)),
  };
}

function eventView({ events: catalogue, topics }: Topology, type: string): EventView {
  const { topic, version = 1, schema = null } = catalogue[type] ?? {};
  const sample = sampleOf(catalogue, type);
  return {
    type,
    topic: topic ?? topics[0]?.key ?? '',
    version,
    schema,
    sample: stringify(sample?.data ?? {}, undefined, 2) ?? '{}',
    attributes: attributeList(sample?.attributes ?? {}),
  };
}

/** A sample's fields without what every event has for itself; undefined where the topology's own template fails. */
function sampleOf(catalogue: Topology['events'], type: string) {
  try {
    const maker = createEventMaker({ events: catalogue, type, check: () => undefined, seed: 1 });
    const { message, attributes } = maker.sample({}, 1);
    return { data: messageData(message), attributes };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
