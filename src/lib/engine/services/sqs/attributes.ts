import { type AttributeMap, INTEGER_ATTRIBUTES } from './attribute-rules.ts';
import { invalidValue, oneEncryptionOnly } from './errors.ts';
import type { QueueSettings } from './queue/queue.ts';
import { queuePolicy } from './queue-policy.ts';
import { readRedriveAllowPolicy, readRedrivePolicy } from './redrive-policy.ts';

/** Defaults that every queue answers with. */
const STANDARD_DEFAULTS = [
  'VisibilityTimeout',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
];

/**
 * The stored attributes after a change: unset ones are gone, and the two kinds of server-side encryption exclude each
 * other.
 *
 * @throws ServiceError for combinations that AWS refuses
 */
export function mergeAttributes(
  stored: AttributeMap,
  changes: AttributeMap,
): Record<string, string> {
  const merged: Record<string, string> = { ...stored, ...changes };
  for (const name of Object.keys(merged)) if (merged[name] === '') delete merged[name];
  if (changes.SqsManagedSseEnabled === 'true' && merged.KmsMasterKeyId !== undefined) {
    throw oneEncryptionOnly();
  }
  if (changes.KmsMasterKeyId) merged.SqsManagedSseEnabled = 'false';
  if (
    merged.FifoThroughputLimit === 'perMessageGroupId' &&
    merged.DeduplicationScope !== 'messageGroup'
  ) {
    throw invalidValue(
      'perMessageGroupId',
      'FifoThroughputLimit',
      'perMessageGroupId is only allowed when DeduplicationScope is messageGroup',
    );
  }
  return merged;
}

/** All attributes that were set or have a default, as `GetQueueAttributes` answers them. */
export function effectiveAttributes(stored: AttributeMap, fifo: boolean): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of STANDARD_DEFAULTS) all[name] = String(INTEGER_ATTRIBUTES[name]?.initial);
  all.SqsManagedSseEnabled = 'true';
  if (fifo) {
    all.FifoQueue = 'true';
    all.DeduplicationScope = 'queue';
    all.FifoThroughputLimit = 'perQueue';
    all.ContentBasedDeduplication = 'false';
  }
  if (stored.KmsMasterKeyId !== undefined) {
    all.KmsDataKeyReusePeriodSeconds = String(
      INTEGER_ATTRIBUTES.KmsDataKeyReusePeriodSeconds?.initial,
    );
  }
  Object.assign(all, stored);
  // Stored for the key to come, and shown with it only.
  if (stored.KmsMasterKeyId === undefined) delete all.KmsDataKeyReusePeriodSeconds;
  return all;
}

/** What stored attributes mean to the engine. They MUST have been checked. */
export function readSettings(stored: AttributeMap): QueueSettings {
  const integer = (name: string) => Number(stored[name] ?? INTEGER_ATTRIBUTES[name]?.initial);
  const { Policy, RedrivePolicy, RedriveAllowPolicy } = stored;
  return {
    delaySeconds: integer('DelaySeconds'),
    maximumMessageSize: integer('MaximumMessageSize'),
    retentionSeconds: integer('MessageRetentionPeriod'),
    waitSeconds: integer('ReceiveMessageWaitTimeSeconds'),
    visibilitySeconds: integer('VisibilityTimeout'),
    contentBasedDeduplication: stored.ContentBasedDeduplication === 'true',
    deduplicationPerGroup: stored.DeduplicationScope === 'messageGroup',
    policy: Policy === undefined ? undefined : queuePolicy(Policy),
    redrive: RedrivePolicy === undefined ? undefined : readRedrivePolicy(RedrivePolicy),
    redriveAllow:
      RedriveAllowPolicy === undefined ? undefined : readRedriveAllowPolicy(RedriveAllowPolicy),
  };
}
