/** A JSON Schema: draft 2020-12, or draft-07 where `$schema` says so. `format` is a note, not a rule. */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean;

/** What is known of an event type. */
export interface EventDefinition {
  /** `event_version` of what is published, a whole number from 1; 1 unless given. */
  readonly version?: number;
  /** What the data of events of this version must be, at publish and at receive. */
  readonly schema?: JsonSchema;
  /** Templates of message attributes besides `event_type`, by name or `name:Number`: `{ city: '{{ data.city }}' }`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** On a FIFO topic: template of the group, such as `{{ data.city }}`. */
  readonly group?: string;
}

export type EventDefinitions<E> = { readonly [K in keyof E]?: EventDefinition };
