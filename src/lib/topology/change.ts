/** Kinds of things in a topology, in the order in which setup needs them. */
export const RESOURCE_TYPES = [
  'topic',
  'dlq',
  'queue',
  'policy',
  'subscription',
  'table',
  'logs',
  'function',
  'mapping',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** A thing of a topology. Policies and subscriptions go by the name of their queue. */
export interface Resource {
  readonly type: ResourceType;
  readonly name: string;
  /** The key of a subscription's topic, where the topology has several. */
  readonly topic?: string | undefined;
}

/** One setting that isn't as it should be; `from` is undefined where it isn't set, `to` where it must not be. */
export interface Difference {
  readonly setting: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What has to be done about a resource. */
export interface Change extends Resource {
  readonly action: 'create' | 'update' | 'unchanged' | 'delete';
  /** Whether it exists and belongs to somebody else: setup would take it over. */
  readonly isForeign?: boolean | undefined;
  /** What an update changes; empty for the others. */
  readonly differences: readonly Difference[];
}
