import { stringify } from 'lossless-json';
import type { EventSpec, Topology } from '../definition/topology.ts';
import { explainDelivery, recipientsOf } from '../diagnose/explain/delivery-verdict.ts';
import { createEventMaker } from '../events/event-maker.ts';
import { parseGivenFields } from '../events/given-fields.ts';
import { messageOf, topicKeyOf } from './message.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';

/** The type of the event that is published where a topology names none. */
const NAMELESS = 'demo.event';

/**
 * What a demo shows of a topology that says nothing of it: a sample of each event, then the policy or binding and the
 * handler of subscribers that get one.
 */
export function deriveScenario(topology: Topology, onRabbitMq: boolean): Scenario {
  const types = Object.entries(topology.events);
  const items = (types.length > 0 ? types : [[NAMELESS, undefined] as const]).map(([type, spec]) =>
    sampleOf(topology, type, spec),
  );
  const meeting = items
    .map((event) => ({ event, names: recipients(topology, event) }))
    .find(({ names }) => names.length > 0);
  const withDlq = (name: string): boolean =>
    topology.subscribers.some((each) => each.name === name && each.dlq !== undefined);
  const [silenced] = meeting?.names ?? [];
  const poisoned = meeting?.names.filter(withDlq).at(-1);
  const act = {
    name: 'publish',
    title: items.length === 1 ? 'Publish an event' : 'Publish a sample of each',
    why: onRabbitMq
      ? 'the queues whose bindings match get a copy'
      : 'SNS copies it to the queues whose filters agree',
    items,
  };
  return {
    acts: [act],
    broken:
      meeting && silenced !== undefined
        ? { subscriber: silenced, lost: meeting.event, found: meeting.event }
        : undefined,
    poisoned:
      meeting && poisoned !== undefined
        ? { subscriber: poisoned, reason: 'the handler fails on purpose', event: meeting.event }
        : undefined,
    api: [],
  };
}

function sampleOf(topology: Topology, type: string, spec: EventSpec | undefined): ScenarioEvent {
  const maker = createEventMaker({
    events: topology.events,
    type,
    check: () => undefined,
    seed: 1,
  });
  const { message, attributes } = maker.sample({}, 1);
  return {
    type,
    fields: fieldsOf(message.text),
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([name]) => name !== 'event_type')
        .map(([name, { type: kind, value }]) => [`${name}:${kind}`, value]),
    ),
    topic: spec?.topic ?? topology.topics[0]?.key,
    reaches: undefined,
  };
}

/** An event's fields to the letter, without those that the demo gives it itself. */
function fieldsOf(text: string): string {
  const { event_id: _id, event_type: _type, timestamp: _time, ...fields } = parseGivenFields(text);
  return stringify(fields) ?? '{}';
}

/** The subscribers that an event has to reach: those that it names, otherwise those whose filters let it through. */
export function recipients(topology: Topology, event: ScenarioEvent): readonly string[] {
  if (event.reaches) return event.reaches;
  const message = messageOf(event);
  const filterable = {
    body: message.body,
    attributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { type, value }]) => [
        name,
        { DataType: type, StringValue: value },
      ]),
    ),
  };
  return recipientsOf(topology.subscribers, topicKeyOf(topology, event))
    .filter((recipient) => explainDelivery(recipient, filterable).delivered)
    .map(({ name }) => name);
}
