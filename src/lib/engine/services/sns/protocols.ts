import { parseArn } from '../../../rules/names.ts';
import { ServiceError } from '../../errors.ts';
import type { SnsContext } from './context.ts';
import { isPhoneNumber } from './phone-number.ts';
import { checkArn } from './platform/arns.ts';
import { invalidParameter } from './refusals.ts';
import type { Topic } from './topic.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const ACCOUNT = /^\d{12}$/;
const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}(\.fifo)?$/;
const FUNCTION = /^function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9$_-]{1,128})?$/;
const DELIVERY_STREAM = /^deliverystream\/[A-Za-z0-9_.-]{1,64}$/;
const MAIL_ADDRESS = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/** What is to be subscribed. */
interface Wanted {
  readonly ctx: SnsContext;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Checks an endpoint by the rules of its protocol ("Subscribe", API reference).
 *
 * @returns whether its owner has to confirm
 * @throws ServiceError `InvalidParameter`
 */
type Rule = (wanted: Wanted) => boolean;

const RULES: Readonly<Record<string, Rule>> = {
  sqs: queue,
  http: url,
  https: url,
  email: mailAddress,
  'email-json': mailAddress,
  sms: phoneNumber,
  application: platformEndpoint,
  lambda: (wanted) => ofOwnAccount(wanted, 'lambda', FUNCTION, 'Lambda endpoint ARN'),
  firehose: deliveryStream,
};

/**
 * Checks what is to be subscribed to a topic.
 *
 * @returns whether its owner has to confirm
 * @throws ServiceError `InvalidParameter`
 */
export function checkEndpoint(wanted: Wanted, topic: Topic): boolean {
  const { protocol, endpoint } = wanted;
  const rule = Object.hasOwn(RULES, protocol) ? RULES[protocol] : undefined;
  if (rule === undefined) {
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  if (topic.fifo && protocol !== 'sqs') {
    throw invalidParameter('Invalid parameter: Endpoint Reason: Please use FIFO SQS queue');
  }
  const asks = rule(wanted);
  if (protocol === 'sqs' && endpoint.endsWith('.fifo') && !topic.fifo) {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  }
  return asks;
}

function queue(wanted: Wanted): boolean {
  return ofOwnAccount(wanted, 'sqs', QUEUE_NAME, 'SQS endpoint ARN');
}

/** An ARN of a service; in another account its owner has to confirm. */
function ofOwnAccount(
  { ctx, endpoint }: Wanted,
  service: string,
  resource: RegExp,
  name: string,
): boolean {
  const arn = parseArn(endpoint);
  if (
    arn?.service !== service ||
    !REGION.test(arn.region) ||
    !ACCOUNT.test(arn.account) ||
    !resource.test(arn.resource)
  ) {
    throw invalidParameter(name);
  }
  return arn.account !== ctx.account;
}

function url({ protocol, endpoint }: Wanted): boolean {
  if (!endpoint.startsWith(`${protocol}://`) || !URL.canParse(endpoint)) {
    throw invalidParameter('Endpoint must match the specified protocol');
  }
  return true;
}

function mailAddress({ endpoint }: Wanted): boolean {
  if (!MAIL_ADDRESS.test(endpoint)) throw invalidParameter('Email address');
  return true;
}

function phoneNumber({ endpoint }: Wanted): boolean {
  // Marks between the digits are taken, but not two of them together, nor at an end.
  const digits = endpoint.replace(/(?<=\d)[./-](?=\d)/g, '');
  if (!isPhoneNumber(digits)) {
    throw new ServiceError('InvalidParameter', `Invalid SMS endpoint: ${endpoint}`);
  }
  return false;
}

function platformEndpoint({ ctx, endpoint }: Wanted): boolean {
  try {
    checkArn(endpoint, 'endpoint', 'Endpoint');
  } catch {
    throw invalidParameter(`Application endpoint arn invalid:${endpoint}`);
  }
  if (!ctx.state.platform.endpoints.has(endpoint)) {
    throw invalidParameter(`Endpoint Reason: Endpoint does not exist for endpoint arn${endpoint}`);
  }
  return false;
}

function deliveryStream(wanted: Wanted): boolean {
  const asks = ofOwnAccount(wanted, 'firehose', DELIVERY_STREAM, 'Firehose endpoint ARN');
  const role = parseArn(wanted.attributes.get('SubscriptionRoleArn') ?? '');
  if (role?.service !== 'iam' || !role.resource.startsWith('role/')) {
    throw invalidParameter(
      'Attributes Reason: SubscriptionRoleArn: a role that may write to the delivery stream is required',
    );
  }
  return asks;
}
