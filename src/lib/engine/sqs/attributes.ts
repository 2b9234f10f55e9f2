import {
  MAX_DELAY_SECONDS,
  MAX_RETENTION_SECONDS,
  MAX_VISIBILITY_SECONDS,
  MAX_WAIT_SECONDS,
  MIN_RETENTION_SECONDS,
  SQS_MAX_MESSAGE_BYTES,
} from '../../model/limits.ts';
import { parsePolicy } from '../../model/policy/index.ts';
import {
  invalidAttributeName,
  invalidAttributeValue,
  invalidValue,
  oneEncryptionOnly,
} from './errors.ts';
import type { QueueSettings } from './queue/queue.ts';
import { checkQueuePolicy } from './queue-policy.ts';
import { readRedriveAllowPolicy, readRedrivePolicy } from './redrive-policy.ts';

/** Attributes of a queue as they are set and stored. */
export type AttributeMap = Readonly<Record<string, string>>;

/** Lowest `MaximumMessageSize`, in bytes. */
const MIN_MESSAGE_SIZE = 1024;

/** Attributes that are whole numbers, with their bounds and defaults (API reference, `CreateQueue`). */
const INTEGERS: Readonly<Record<string, { min: number; max: number; initial: number }>> = {
  VisibilityTimeout: { min: 0, max: MAX_VISIBILITY_SECONDS, initial: 30 },
  MaximumMessageSize: {
    min: MIN_MESSAGE_SIZE,
    max: SQS_MAX_MESSAGE_BYTES,
    initial: SQS_MAX_MESSAGE_BYTES,
  },
  MessageRetentionPeriod: {
    min: MIN_RETENTION_SECONDS,
    max: MAX_RETENTION_SECONDS,
    initial: 345_600,
  },
  DelaySeconds: { min: 0, max: MAX_DELAY_SECONDS, initial: 0 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: MAX_WAIT_SECONDS, initial: 0 },
  KmsDataKeyReusePeriodSeconds: { min: 60, max: 86_400, initial: 300 },
};

/** Attributes with one of a few values, the first being the default. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  SqsManagedSseEnabled: ['true', 'false'],
  FifoQueue: ['true'],
  ContentBasedDeduplication: ['false', 'true'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};

/** Attributes that are unset by an empty value. */
const DOCUMENTS: ReadonlySet<string> = new Set([
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
]);

const FIFO_ONLY: ReadonlySet<string> = new Set([
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);

/** Defaults that every queue answers with. */
const STANDARD_DEFAULTS = [
  'VisibilityTimeout',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
];

/**
 * Checks attributes that are to be set on a queue and brings them into the form in which they are stored and answered.
 * An empty string means that the attribute is to be unset.
 *
 * @throws ServiceError InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue, OverLimit
 */
export function checkAttributes(given: AttributeMap, fifo: boolean): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    checked[name] = checkAttribute(name, value, fifo);
  }
  return checked;
}

function checkAttribute(name: string, value: string, fifo: boolean): string {
  if (FIFO_ONLY.has(name) && !fifo) throw invalidAttributeName(name);
  const range = Object.hasOwn(INTEGERS, name) ? INTEGERS[name] : undefined;
  if (range !== undefined) return checkInteger(name, value, range.min, range.max);
  const choices = Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined;
  if (choices !== undefined) {
    const lower =
      name === 'DeduplicationScope' || name === 'FifoThroughputLimit' ? value : value.toLowerCase();
    if (!choices.includes(lower)) throw invalidAttributeValue(name);
    return lower;
  }
  if (!DOCUMENTS.has(name)) throw invalidAttributeName(name);
  if (value === '') return '';
  if (name === 'Policy') checkQueuePolicy(value);
  if (name === 'RedrivePolicy') return JSON.stringify(readRedrivePolicy(value));
  if (name === 'RedriveAllowPolicy') {
    readRedriveAllowPolicy(value);
    return JSON.stringify(JSON.parse(value));
  }
  return value;
}

function checkInteger(name: string, value: string, min: number, max: number): string {
  const number = /^[+-]?\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw invalidAttributeValue(name);
  return String(number);
}

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
  for (const name of STANDARD_DEFAULTS) all[name] = String(INTEGERS[name]?.initial);
  all.SqsManagedSseEnabled = 'true';
  if (fifo) {
    all.FifoQueue = 'true';
    all.DeduplicationScope = 'queue';
    all.FifoThroughputLimit = 'perQueue';
    all.ContentBasedDeduplication = 'false';
  }
  if (stored.KmsMasterKeyId !== undefined) {
    all.KmsDataKeyReusePeriodSeconds = String(INTEGERS.KmsDataKeyReusePeriodSeconds?.initial);
  }
  return Object.assign(all, stored);
}

/** What stored attributes mean to the engine. They MUST have been checked. */
export function readSettings(stored: AttributeMap): QueueSettings {
  const integer = (name: string) => Number(stored[name] ?? INTEGERS[name]?.initial);
  const { Policy, RedrivePolicy, RedriveAllowPolicy } = stored;
  return {
    delaySeconds: integer('DelaySeconds'),
    maximumMessageSize: integer('MaximumMessageSize'),
    retentionSeconds: integer('MessageRetentionPeriod'),
    waitSeconds: integer('ReceiveMessageWaitTimeSeconds'),
    visibilitySeconds: integer('VisibilityTimeout'),
    contentBasedDeduplication: stored.ContentBasedDeduplication === 'true',
    deduplicationPerGroup: stored.DeduplicationScope === 'messageGroup',
    policy: Policy === undefined ? undefined : parsePolicy(Policy),
    redrive: RedrivePolicy === undefined ? undefined : readRedrivePolicy(RedrivePolicy),
    redriveAllow:
      RedriveAllowPolicy === undefined ? undefined : readRedriveAllowPolicy(RedriveAllowPolicy),
  };
}

/** What queues report of themselves. */
const REPORTED: readonly string[] = [
  'All',
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
];

/** Whether `GetQueueAttributes` knows the name. */
export function isAttributeName(name: string): boolean {
  return (
    REPORTED.includes(name) ||
    DOCUMENTS.has(name) ||
    Object.hasOwn(INTEGERS, name) ||
    Object.hasOwn(CHOICES, name)
  );
}
