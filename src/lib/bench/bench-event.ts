import type { Topology } from '../definition/topology.ts';
import type { EventWriter } from '../events/event-codec.ts';
import { createEventMaker } from '../events/event-maker.ts';

/** An event of a bench: its number is in its id. */
export interface BenchEvent {
  readonly id: string;
}

const ID_PREFIX = '00000000-0000-4000-8000-';

/** The id of the n-th event, from 1: a UUID, which is what a consumer remembers ids by. */
export function idOf(number: number): string {
  return `${ID_PREFIX}${number.toString(16).padStart(12, '0')}`;
}

/** The number of an event. */
export function numberOf(id: string): number {
  return Number.parseInt(id.slice(ID_PREFIX.length), 16);
}

/** Writes a bench's events: a sample of the topology's first type, made once, under their own ids. */
export function benchEvents({ events }: Pick<Topology, 'events'>): EventWriter<BenchEvent> {
  const [type = 'bench.event'] = Object.keys(events);
  const maker = createEventMaker({ events, type, check: () => undefined, seed: 1 });
  const { message, attributes, subject } = maker.sample({ event_id: idOf(0) }, 1);
  const [before = '', after = ''] = message.text.split(idOf(0));
  return {
    serialize: ({ id }) => before + id + after,
    subject: () => subject,
    attributes: () => attributes,
    id: ({ id }) => id,
    group: () => 'events',
  };
}
