/** A JSON Schema: draft 2020-12, or draft-07 where `$schema` says so. Of the formats only `iso-8601` is checked. */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean;

/** The settings of an event type. */
export interface EventDefinition {
  /** `event_version` of what is published, a whole number from 1; 1 unless given. */
  readonly version?: number;
  /** Schema of the data of this version. It is checked when an event is published, and when it is received. */
  readonly schema?: JsonSchema;
  /** Templates of message attributes besides `event_type`, by name or `name:Number`: `{ city: '{{ data.city }}' }`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** On a FIFO topic: template of the message group id, such as `{{ data.city }}`. */
  readonly group?: string;
}

/** The settings of event types, by type. */
export type EventDefinitions<E> = { readonly [K in keyof E]?: EventDefinition };
