import type { Attributes } from '../aws/topics.ts';
import type { SubscriberSpec } from '../definition/topology.ts';
import { SNS_MAX_MESSAGE_BYTES, SQS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';
import type { Difference } from './change.ts';

/** How long SQS hides a received message unless told otherwise, in seconds (`CreateQueue`, "VisibilityTimeout"). */
const DEFAULT_VISIBILITY = '30';

/** A dead-letter queue's `RedriveAllowPolicy` unless told otherwise. */
const ALLOW_ALL = '{"redrivePermission":"allowAll"}';

/** The attributes of a subscriber's queue that are ours, `RedrivePolicy` and `Policy` aside. */
export function queueSettings(spec: SubscriberSpec): Attributes {
  return {
    VisibilityTimeout: String(spec.visibilityTimeout),
    ReceiveMessageWaitTimeSeconds: String(spec.receiveWait),
    MessageRetentionPeriod: String(spec.retention),
    DelaySeconds: String(spec.delay),
    ...fifoSettings(spec),
  };
}

/** The attributes of a subscriber's dead-letter queue that are ours. */
export function dlqSettings(spec: SubscriberSpec): Attributes {
  return {
    VisibilityTimeout: DEFAULT_VISIBILITY,
    ReceiveMessageWaitTimeSeconds: '0',
    MessageRetentionPeriod: String(spec.dlqRetention),
    DelaySeconds: '0',
    ...fifoSettings(spec),
  };
}

/** FIFO queues have no deduplication by content: the publisher gives ids ("Exactly-once processing", SQS Developer Guide). */
function fifoSettings({ fifo }: SubscriberSpec): Attributes {
  return fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'false' } : {};
}

/** A queue's redrive policy as setup writes it. */
export function redrivePolicy(dlqArn: string, maxReceiveCount: number): string {
  return JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount });
}

/** What of a queue's settings differs; an attribute that the server doesn't tell counts as right. */
export function settingDifferences(wanted: Attributes, found: Attributes): Difference[] {
  return Object.entries(wanted).flatMap(([setting, to]) => {
    const from = found[setting];
    return from === undefined || from === to ? [] : [{ setting, from, to }];
  });
}

/**
 * A `MaximumMessageSize` below what SNS may deliver loses messages. The default was 262,144 bytes before it was
 * 1,048,576: queues and servers that have either are left alone.
 */
export function messageSizeDifference(found: Attributes): Difference[] {
  const from = found.MaximumMessageSize;
  if (from === undefined || Number(from) >= SNS_MAX_MESSAGE_BYTES) return [];
  return [{ setting: 'MaximumMessageSize', from, to: String(SQS_MAX_MESSAGE_BYTES) }];
}

/** Compares by meaning: AWS writes `maxReceiveCount` back as a number or as text. */
export function redriveDifference(
  found: Attributes,
  dlqArn: string,
  maxReceiveCount: number,
): Difference[] {
  const from = found.RedrivePolicy || undefined;
  const parsed = readObject(from);
  const same =
    parsed.deadLetterTargetArn === dlqArn && Number(parsed.maxReceiveCount) === maxReceiveCount;
  return same
    ? []
    : [{ setting: 'RedrivePolicy', from, to: redrivePolicy(dlqArn, maxReceiveCount) }];
}

/** A dead-letter queue has no dead-letter queue of its own: looking at it often would empty it. */
export function noRedriveDifference(found: Attributes): Difference[] {
  const from = found.RedrivePolicy || undefined;
  const none = from === undefined || Object.keys(readObject(from)).length === 0;
  return none ? [] : [{ setting: 'RedrivePolicy', from, to: undefined }];
}

/** The dead-letter queue must let its queues send to it (`SetQueueAttributes`, "RedriveAllowPolicy"). */
export function redriveAllowDifference(
  found: Attributes,
  queueArns: readonly string[],
): Difference[] {
  const from = found.RedriveAllowPolicy || undefined;
  if (from === undefined) return [];
  const { redrivePermission = 'allowAll', sourceQueueArns } = readObject(from);
  const named =
    Array.isArray(sourceQueueArns) && queueArns.every((arn) => sourceQueueArns.includes(arn));
  if (redrivePermission === 'allowAll' || (redrivePermission === 'byQueue' && named)) return [];
  return [{ setting: 'RedriveAllowPolicy', from, to: ALLOW_ALL }];
}

function readObject(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
