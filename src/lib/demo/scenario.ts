import type { EventMessage } from '../events/message.ts';

/** An event that a demo publishes. */
export interface ScenarioEvent {
  readonly type: string;
  /** Its further fields: the text of a JSON object, published to the letter. */
  readonly fields: string;
  /** Message attributes besides `event_type`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The key of the topic that it goes to; undefined where there is one topic. */
  readonly topic: string | undefined;
  /** The subscribers that have to get it, and no others; undefined for all. */
  readonly reaches: readonly string[] | undefined;
}

/** A request to the order API that makes an event. */
export interface ScenarioRequest {
  readonly method: string;
  readonly path: string;
  /** JSON. */
  readonly body: string;
  /** The answer's HTTP status. */
  readonly status: number;
  /** What tells the event that it makes: its type, and fields with their values. */
  readonly event: { readonly type: string; readonly fields: Readonly<Record<string, unknown>> };
}

/** One step of a demo: events or requests under a headline. */
export interface ScenarioAct<T> {
  /** A word, for `demo --json`. */
  readonly name: string;
  readonly title: string;
  /** What is to be seen, in one line. */
  readonly why: string;
  readonly items: readonly T[];
}

/** What a demo shows of a topology, between setting it up and verifying. */
export interface Scenario {
  readonly acts: readonly ScenarioAct<ScenarioEvent>[];
  /**
   * A queue policy, or a binding, is taken away: `lost` then never comes to the subscriber, and `found` does once it is
   * back.
   */
  readonly broken:
    | { readonly subscriber: string; readonly lost: ScenarioEvent; readonly found: ScenarioEvent }
    | undefined;
  /** A handler fails until its event is in the dead-letter queue. */
  readonly poisoned:
    | { readonly subscriber: string; readonly reason: string; readonly event: ScenarioEvent }
    | undefined;
  /** Where a handled event is stored: a table's key, and the event's field that its item is found by. */
  readonly stored?: { readonly table: string; readonly key: string } | undefined;
  /** The acts of the demo that goes through the order API; empty where there is none. */
  readonly api: readonly ScenarioAct<ScenarioRequest>[];
}

/** The same of a message that was received; its own id says nothing to people. */
export function messageLabel({
  type = 'message',
  text,
}: Pick<EventMessage, 'type' | 'text'>): string {
  return eventLabel({ type, fields: text.replace(/"event_id":"[^"]*",/, '') });
}

/** A short name of an event for people: its type, with its first `…_id` field where it has one. */
export function eventLabel({ type, fields }: Pick<ScenarioEvent, 'type' | 'fields'>): string {
  const [, name, value] = /"(\w+_id)"\s*:\s*("[^"]*"|[\d.]+)/.exec(fields) ?? [];
  return name === undefined || value === undefined
    ? type
    : `${type} (${name} ${value.replaceAll('"', '')})`;
}
