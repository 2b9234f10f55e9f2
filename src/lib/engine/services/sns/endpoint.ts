import { type Arn, parseArn } from '../../../rules/names.ts';
import { invalidParameter, unsupported } from './refusals.ts';
import type { Topic } from './topic.ts';

/** Protocols that SNS delivers to and the engine doesn't. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'http',
  'https',
  'email',
  'email-json',
  'sms',
  'application',
  'lambda',
  'firehose',
]);

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const ACCOUNT = /^\d{12}$/;
const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}(\.fifo)?$/;

/**
 * Checks what is to be subscribed, and gives the queue's ARN back in parts.
 *
 * @throws ServiceError `InvalidParameter`; `UnsupportedOperation` for a protocol that only AWS delivers to
 */
export function checkEndpoint(protocol: string, endpoint: string, topic: Topic): Arn {
  if (ELSEWHERE.has(protocol)) throw unsupported(`Subscribe with protocol ${protocol}`);
  if (protocol !== 'sqs') {
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  const arn = parseArn(endpoint);
  if (
    arn === undefined ||
    arn.service !== 'sqs' ||
    !REGION.test(arn.region) ||
    !ACCOUNT.test(arn.account) ||
    !QUEUE_NAME.test(arn.resource)
  ) {
    throw invalidParameter('SQS endpoint ARN');
  }
  if (arn.resource.endsWith('.fifo') && !topic.fifo) {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  }
  return arn;
}
