import type { EventSpec, Topology } from '../definition/topology.ts';
import { explainDelivery, recipientsOf } from '../diagnose/explain/delivery-verdict.ts';
import { messageOf, topicKeyOf } from './message.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';

/** The type of the event that is published where a topology names none. */
const NAMELESS = 'demo.event';

/**
 * What a demo shows of a topology that says nothing of it: a sample of each event, then the policy and the handler of
 * subscribers that get one.
 */
export function deriveScenario(topology: Topology): Scenario {
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
    why: 'SNS copies it to the queues whose filters agree',
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
  const sample = typeof spec?.sample === 'object' && spec.sample !== null ? spec.sample : {};
  return {
    type,
    fields: JSON.stringify(sample),
    attributes: spec?.attributes ?? {},
    topic: spec?.topic ?? topology.topics[0]?.key,
    reaches: undefined,
  };
}

/** The subscribers that an event has to reach: those that it names, otherwise those whose filters let it through. */
export function recipients(topology: Topology, event: ScenarioEvent): readonly string[] {
  if (event.reaches) return event.reaches;
  const message = messageOf(event);
  const filterable = {
    body: message.body,
    attributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: value },
      ]),
    ),
  };
  return recipientsOf(topology.subscribers, topicKeyOf(topology, event))
    .filter((recipient) => explainDelivery(recipient, filterable).delivered)
    .map(({ name }) => name);
}
