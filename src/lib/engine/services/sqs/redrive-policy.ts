import { MAX_MAX_RECEIVE_COUNT, MIN_MAX_RECEIVE_COUNT } from '../../../rules/limits.ts';
import { parseArn } from '../../../rules/names.ts';
import { invalidValue } from './errors.ts';
import type { RedriveAllowPolicy, RedrivePolicy } from './queue/queue.ts';

/** Source queues that a `RedriveAllowPolicy` may name. */
const MAX_SOURCE_QUEUES = 10;

type JsonObject = Readonly<Record<string, unknown>>;

function readObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

function isQueueArn(value: unknown): value is string {
  return typeof value === 'string' && parseArn(value)?.service === 'sqs';
}

/**
 * Reads a `RedrivePolicy`; `maxReceiveCount` may be a number or its text, and comes back as a number, as AWS answers
 * it.
 *
 * @throws ServiceError InvalidParameterValue
 */
export function readRedrivePolicy(text: string): RedrivePolicy {
  const refuse = (reason: string) => invalidValue(text, 'RedrivePolicy', reason);
  const source = readObject(text);
  if (source === undefined) throw refuse('Redrive policy is not a valid JSON map');
  for (const name of ['deadLetterTargetArn', 'maxReceiveCount']) {
    if (source[name] === undefined) {
      throw refuse(`Redrive policy does not contain mandatory attribute: ${name}`);
    }
  }
  if (Object.keys(source).length > 2) {
    throw refuse('Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount]');
  }
  const { deadLetterTargetArn, maxReceiveCount } = source;
  const count =
    typeof maxReceiveCount === 'number' ||
    (typeof maxReceiveCount === 'string' && /^\d+$/.test(maxReceiveCount))
      ? Number(maxReceiveCount)
      : Number.NaN;
  if (!Number.isInteger(count) || count < MIN_MAX_RECEIVE_COUNT || count > MAX_MAX_RECEIVE_COUNT) {
    throw refuse(
      `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from ${MIN_MAX_RECEIVE_COUNT} to ${MAX_MAX_RECEIVE_COUNT} both inclusive`,
    );
  }
  if (!isQueueArn(deadLetterTargetArn)) throw refuse('Invalid value for deadLetterTargetArn');
  return { deadLetterTargetArn, maxReceiveCount: count };
}

/**
 * Reads a `RedriveAllowPolicy`.
 *
 * @throws ServiceError InvalidParameterValue
 */
export function readRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const refuse = (reason: string) => invalidValue(text, 'RedriveAllowPolicy', reason);
  const source = readObject(text);
  if (source === undefined) throw refuse('Redrive allow policy is not a valid JSON map');
  const { redrivePermission, sourceQueueArns, ...others } = source;
  if (Object.keys(others).length > 0) {
    throw refuse('Only following attributes are supported: [redrivePermission, sourceQueueArns]');
  }
  if (
    redrivePermission !== 'allowAll' &&
    redrivePermission !== 'denyAll' &&
    redrivePermission !== 'byQueue'
  ) {
    throw refuse(
      "Amazon SQS can't create the redrive allow policy, as it's in an unsupported format",
    );
  }
  if (redrivePermission !== 'byQueue') {
    // Terraform writes null.
    if (sourceQueueArns !== undefined && sourceQueueArns !== null) {
      throw refuse('sourceQueueArns can be specified only when redrivePermission is byQueue');
    }
    return { redrivePermission, sourceQueueArns: [] };
  }
  if (
    !Array.isArray(sourceQueueArns) ||
    sourceQueueArns.length === 0 ||
    sourceQueueArns.length > MAX_SOURCE_QUEUES ||
    !sourceQueueArns.every(isQueueArn)
  ) {
    throw refuse(`sourceQueueArns must list 1 to ${MAX_SOURCE_QUEUES} queue ARNs`);
  }
  return { redrivePermission, sourceQueueArns };
}
