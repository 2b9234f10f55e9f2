import type { Resource, ResourceType } from './change.ts';

/** A thing that cleanup found, with what it takes to delete it. */
export interface Remain extends Resource {
  readonly type: Exclude<ResourceType, 'policy'>;
  /** ARN of a topic or subscription, URL of a queue, UUID of a mapping, else a name. */
  readonly handle: string;
  /** Messages or items that would be lost with it, about; undefined for what holds none. */
  readonly messages: number | undefined;
  /** The CloudFormation stack that made it, which alone deletes it. */
  readonly stack?: string | undefined;
  /** Made for a while, by a tap or a probe. */
  readonly temporary?: boolean;
}

/**
 * The order of deletion. Who takes from a queue goes first, and what holds data last. Subscriptions go before their topic,
 * since those of a deleted topic can linger; a log goes after its function, which would make it again.
 */
export const DELETION_ORDER: readonly Remain['type'][] = [
  'mapping',
  'function',
  'subscription',
  'topic',
  'queue',
  'dlq',
  'logs',
  'table',
];
