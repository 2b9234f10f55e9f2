import { randomUUID } from 'node:crypto';
import type { Topology } from '../definition/topology.ts';
import type { MessageAttribute } from '../events/attributes.ts';
import type { EventWriter } from '../events/event-codec.ts';
import type { ScenarioEvent } from './scenario.ts';

/** A message that a demo publishes. */
export interface DemoMessage {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** An event with an id of its own and the present time, its fields to the letter. */
export function messageOf({ type, fields, attributes }: ScenarioEvent): DemoMessage {
  const id = randomUUID();
  const inside = fields.trim().slice(1, -1).trim();
  const parts = [
    `"event_id":${JSON.stringify(id)}`,
    `"event_type":${JSON.stringify(type)}`,
    ...(inside === '' ? [] : [inside]),
    `"timestamp":${JSON.stringify(new Date().toISOString())}`,
  ];
  return {
    id,
    type,
    body: `{${parts.join(',')}}`,
    attributes: Object.fromEntries(
      Object.entries({ event_type: type, ...attributes }).map(([key, value]) => {
        const [name = '', kind = 'String'] = key.split(':');
        return [name, { type: kind, value }];
      }),
    ),
  };
}

/** The key of the topic that an event goes to. */
export function topicKeyOf({ topics }: Topology, { topic }: Pick<ScenarioEvent, 'topic'>): string {
  return topic ?? topics[0]?.key ?? '';
}

/** Messages of a demo as they go over the wire. */
export const demoMessages: EventWriter<DemoMessage> = {
  serialize: ({ body }) => body,
  subject: () => undefined,
  attributes: ({ attributes }) => attributes,
  id: ({ id }) => id,
  group: ({ type }) => type,
};
