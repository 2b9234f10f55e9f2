import type { TopicSpec, Topology } from '../../definition/topology.ts';
import {
  type CandidateMessage,
  UNTYPED_MESSAGE,
  usualMessages,
} from '../../diagnose/doctor/candidate-message.ts';
import { matchesKey, ROUTED_BY } from '../routing.ts';

/** A message that a probe sends, and the key that it is routed by. */
export interface Canary {
  readonly message: CandidateMessage;
  readonly key: string;
}

/**
 * What to send through a topic: the message that is missing, otherwise one of each event type of it, and for a
 * subscriber whose filter lets none of them through, one that it does.
 * @param branches the subscribers' ways from the topic: binding keys that their filters are.
 */
export function canariesFor(
  { events, topics }: Topology,
  { key }: TopicSpec,
  branches: readonly { readonly wanted: readonly string[] }[],
  missing: CandidateMessage | undefined,
): Canary[] {
  if (missing !== undefined) return [canaryOf(missing)];
  const own = Object.entries(events).filter(([, { topic = topics[0]?.key }]) => topic === key);
  const usual = usualMessages({ events: Object.fromEntries(own) }).map(canaryOf);
  const further = branches
    .filter(({ wanted }) => !usual.some((canary) => isWanted(wanted, canary)))
    .flatMap(({ wanted: [first] }) => (first === undefined ? [] : [canaryOf(sampleOf(first))]));
  // Of several samples of a type the first one will do: an exchange looks at the type alone.
  const all = [...usual, ...further].reverse();
  return [...new Map(all.map((canary) => [canary.key, canary])).values()].reverse();
}

/** Whether a subscriber is to get a message, by the keys that its filter is. */
export function isWanted(wanted: readonly string[], { key }: Pick<Canary, 'key'>): boolean {
  return wanted.some((each) => matchesKey(each, key));
}

function canaryOf(message: CandidateMessage): Canary {
  return { message, key: message.attributes[ROUTED_BY]?.StringValue ?? '' };
}

/** A message that a binding key takes. */
function sampleOf(binding: string): CandidateMessage {
  const words = binding.split('.').filter((word) => word !== '#');
  const type = words.map((word) => (word === '*' ? 'any' : word)).join('.');
  if (type === '') return UNTYPED_MESSAGE;
  const attributes = { [ROUTED_BY]: { DataType: 'String', StringValue: type } };
  return { ...UNTYPED_MESSAGE, name: type, attributes };
}
