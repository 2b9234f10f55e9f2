import {
  MAX_DELAY_SECONDS,
  MAX_RETENTION_SECONDS,
  MAX_VISIBILITY_SECONDS,
  MAX_WAIT_SECONDS,
  MIN_RETENTION_SECONDS,
  SQS_MAX_MESSAGE_BYTES,
} from '../../../rules/limits.ts';
import { invalidAttributeName, invalidAttributeValue, onlyForFifoQueues } from './errors.ts';
import { checkQueuePolicy } from './queue-policy.ts';
import { readRedriveAllowPolicy, readRedrivePolicy } from './redrive-policy.ts';

/** Attributes of a queue as they are set and stored. */
export type AttributeMap = Readonly<Record<string, string>>;

/** Lowest `MaximumMessageSize`, in bytes. */
const MIN_MESSAGE_SIZE = 1024;

/** Attributes that are whole numbers, with their bounds and defaults (API reference, `CreateQueue`). */
export const INTEGER_ATTRIBUTES: Readonly<
  Record<string, { min: number; max: number; initial: number }>
> = {
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

const FIFO_ONLY: ReadonlySet<string> = new Set(['FifoQueue', 'ContentBasedDeduplication']);
/** FIFO queues only, too; refused in other words. */
const HIGH_THROUGHPUT: ReadonlySet<string> = new Set(['DeduplicationScope', 'FifoThroughputLimit']);

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
  if (!fifo && HIGH_THROUGHPUT.has(name)) throw onlyForFifoQueues(name);
  if (!fifo && FIFO_ONLY.has(name)) throw invalidAttributeName(name);
  const range = Object.hasOwn(INTEGER_ATTRIBUTES, name) ? INTEGER_ATTRIBUTES[name] : undefined;
  if (range !== undefined) return checkInteger(name, value, range.min, range.max);
  const choices = Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined;
  if (choices !== undefined) {
    const lower = HIGH_THROUGHPUT.has(name) ? value : value.toLowerCase();
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
    Object.hasOwn(INTEGER_ATTRIBUTES, name) ||
    Object.hasOwn(CHOICES, name)
  );
}
