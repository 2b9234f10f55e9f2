import { SNS_MAX_MESSAGE_BYTES } from '../../../rules/limits.ts';
import { readArchivePolicy } from './archive-policy.ts';
import { normalTopicPolicy } from './delivery-policy.ts';
import { invalidParameter } from './refusals.ts';
import { checkPolicy } from './topic-policy.ts';

const MIN_MESSAGE_SIZE = 1024;
const MAX_MESSAGE_SIZE = 4 * SNS_MAX_MESSAGE_BYTES;
const MAX_DISPLAY_NAME = 100;

/** Protocols with delivery status logging, which the engine keeps as attributes and doesn't do. */
const FEEDBACK =
  /^(HTTP|Firehose|Lambda|Application|SQS)(SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn)$/;

type Rule = (value: string, fifo: boolean) => string | undefined;

/** What is wrong with a value of an attribute, as it follows the attribute's name; undefined when nothing is. */
const RULES: Readonly<Record<string, Rule>> = {
  DeliveryPolicy: (value) => {
    const policy = normalTopicPolicy(value);
    return 'fault' in policy ? policy.fault : undefined;
  },
  DisplayName: (value) =>
    value.length <= MAX_DISPLAY_NAME && !hasControlCharacter(value)
      ? undefined
      : `must have at most ${MAX_DISPLAY_NAME} characters and no control characters`,
  KmsMasterKeyId: () => undefined,
  MaximumMessageSize: (value) =>
    /^\d{1,7}$/.test(value) &&
    Number(value) >= MIN_MESSAGE_SIZE &&
    Number(value) <= MAX_MESSAGE_SIZE
      ? undefined
      : `must be an integer between ${MIN_MESSAGE_SIZE} and ${MAX_MESSAGE_SIZE}`,
  Policy: () => undefined,
  SignatureVersion: (value) => oneOf(value, ['1', '2']),
  TracingConfig: (value) => oneOf(value, ['PassThrough', 'Active']),
  ContentBasedDeduplication: (value, fifo) =>
    fifo ? oneOf(value.toLowerCase(), ['true', 'false']) : 'can only be set for FIFO topics',
  FifoThroughputScope: (value, fifo) =>
    fifo ? oneOf(value, ['Topic', 'MessageGroup']) : 'can only be set for FIFO topics',
  ArchivePolicy: (value, fifo) => {
    if (!fifo) return 'can only be set for FIFO topics';
    const policy = readArchivePolicy(value);
    return typeof policy === 'string' ? policy : undefined;
  },
};

/** Whether `SetTopicAttributes` and `CreateTopic` take an attribute of this name. */
export function isSettable(name: string): boolean {
  return Object.hasOwn(RULES, name) || FEEDBACK.test(name);
}

/**
 * Checks one attribute of a topic, and gives its value back in the form in which it is kept. `prefix` stands before the attribute's name in the error: `CreateTopic` writes
 * "Attributes Reason: ".
 *
 * @throws ServiceError `InvalidParameter`
 */
export function checkedTopicAttribute(
  name: string,
  value: string,
  fifo: boolean,
  prefix: string,
): string {
  if (name === 'Policy') checkPolicy(value);
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  const fault = rule === undefined ? feedbackFault(name, value) : rule(value, fifo);
  if (fault !== undefined) throw invalidParameter(`${prefix}${name}: ${fault}`);
  if (name === 'ContentBasedDeduplication') return value.toLowerCase();
  if (name !== 'DeliveryPolicy') return value;
  const policy = normalTopicPolicy(value);
  return 'text' in policy ? policy.text : value;
}

function feedbackFault(name: string, value: string): string | undefined {
  if (!name.endsWith('SampleRate')) return undefined;
  return /^\d{1,3}$/.test(value) && Number(value) <= 100
    ? undefined
    : `${value} value provided is not an integer between 0-100`;
}

function oneOf(value: string, allowed: readonly string[]): string | undefined {
  return allowed.includes(value)
    ? undefined
    : `Invalid value [${value}]. Must be ${allowed.join(' or ')}.`;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
