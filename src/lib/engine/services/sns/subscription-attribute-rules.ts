import {
  InvalidFilterPolicy,
  NestedFilterPolicy,
  parseFilterPolicy,
} from '../../../rules/filter-policy/index.ts';
import { placeInJson } from '../../../rules/filter-policy/refusal.ts';
import { parseArn } from '../../../rules/names.ts';
import { JsonTextError, readJson } from '../../../rules/text/json-text.ts';
import type { ServiceError } from '../../errors.ts';
import { readReplayPolicy } from './archive-policy.ts';
import { filterScope } from './attributes.ts';
import { normalSubscriptionPolicy } from './delivery-policy.ts';
import { invalidParameter } from './refusals.ts';
import type { Subscription, Topic } from './topic.ts';

const SETTABLE: ReadonlySet<string> = new Set([
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'ReplayPolicy',
  'SubscriptionRoleArn',
]);

/** "Enables raw message delivery to Amazon SQS or HTTP/S endpoints", and to delivery streams. */
const RAW_PROTOCOLS: ReadonlySet<string> = new Set(['sqs', 'http', 'https', 'firehose']);

/** Whether `Subscribe` and `SetSubscriptionAttributes` take an attribute of this name. */
export function isSettable(name: string): boolean {
  return SETTABLE.has(name);
}

/**
 * Checks all attributes of a subscription together, as they would be after a change, and gives them back in the form
 * in which they are kept. An empty value takes an attribute away, unless it is one with fixed values.
 *
 * `prefix` stands before the attribute's name in errors: `Subscribe` writes "Attributes Reason: ".
 *
 * @throws ServiceError `InvalidParameter`
 */
export function checkedAttributes(
  given: ReadonlyMap<string, string>,
  topic: Pick<Topic, 'fifo' | 'account' | 'region'>,
  subscription: Pick<Subscription, 'owner' | 'endpoint' | 'protocol'>,
  prefix: string,
): Map<string, string> {
  const refuse = (what: string) => invalidParameter(prefix + what);
  const kept = new Map<string, string>();
  for (const [name, value] of given) {
    if (name === 'RawMessageDelivery') kept.set(name, readBoolean(value, refuse));
    else if (name === 'FilterPolicyScope') kept.set(name, readScope(value, refuse));
    else if (value === '') continue;
    else if (name === 'RedrivePolicy') {
      if (value.trim() === '{}') continue;
      checkRedrivePolicy(value, topic, subscription, refuse);
      kept.set(name, value);
    } else if (name === 'ReplayPolicy') {
      if (value.trim() === '{}') continue;
      checkReplayPolicy(value, topic, refuse);
      kept.set(name, value);
    } else if (name === 'DeliveryPolicy') {
      const policy = normalSubscriptionPolicy(value);
      if ('fault' in policy) throw refuse(`DeliveryPolicy: ${policy.fault}`);
      kept.set(name, policy.text);
    } else {
      kept.set(name, value);
    }
  }
  const { protocol } = subscription;
  if (kept.get('RawMessageDelivery') === 'true' && !RAW_PROTOCOLS.has(protocol)) {
    throw refuse(`Delivery protocol [${protocol}] does not support raw message delivery.`);
  }
  checkFilterPolicy(kept, refuse);
  return kept;
}

type Refuse = (what: string) => ServiceError;

function readBoolean(value: string, refuse: Refuse): string {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') {
    throw refuse(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
  }
  return lower;
}

function readScope(value: string, refuse: Refuse): string {
  if (value !== 'MessageAttributes' && value !== 'MessageBody') {
    throw refuse(
      `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
    );
  }
  return value;
}

function checkReplayPolicy(text: string, { fifo }: Pick<Topic, 'fifo'>, refuse: Refuse): void {
  if (!fifo) throw refuse('ReplayPolicy: can only be set for subscriptions of FIFO topics');
  const policy = readReplayPolicy(text);
  if (typeof policy === 'string') throw refuse(`ReplayPolicy: ${policy}`);
}

function checkFilterPolicy(attributes: ReadonlyMap<string, string>, refuse: Refuse): void {
  const policy = attributes.get('FilterPolicy');
  if (policy === undefined) return;
  try {
    parseFilterPolicy(policy, filterScope(attributes));
  } catch (error) {
    if (error instanceof NestedFilterPolicy) throw refuse(error.message);
    if (error instanceof InvalidFilterPolicy) throw refuse(`FilterPolicy: ${error.message}`);
    throw error;
  }
}

function checkRedrivePolicy(
  text: string,
  topic: Pick<Topic, 'fifo' | 'region'>,
  { owner, endpoint }: Pick<Subscription, 'owner' | 'endpoint'>,
  refuse: Refuse,
): void {
  const policy = checkJson(text, 'RedrivePolicy', refuse);
  for (const name of Object.keys(policy)) {
    if (name !== 'deadLetterTargetArn') {
      throw refuse(`RedrivePolicy: invalid JSON. Attribute ${name} is unknown.`);
    }
  }
  const target: unknown = Reflect.get(policy, 'deadLetterTargetArn');
  const arn = typeof target === 'string' ? parseArn(target) : undefined;
  if (arn === undefined || arn.service !== 'sqs') {
    throw refuse('RedrivePolicy: deadLetterTargetArn is an invalid arn');
  }
  if (arn.account !== owner || arn.region !== topic.region) {
    throw refuse(
      'RedrivePolicy: dead-letter queue must be in the same account and region as the subscription',
    );
  }
  const fifo = arn.resource.endsWith('.fifo');
  if (topic.fifo && !fifo && endpoint.endsWith('.fifo')) {
    throw refuse(
      'RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
    );
  }
  if (!topic.fifo && fifo) {
    throw refuse('RedrivePolicy: must use a standard queue as DLQ for a standard topic');
  }
}

function checkJson(text: string, name: string, refuse: Refuse): object {
  const value = parseObject(text, (problem) => refuse(`${name}: failed to parse JSON. ${problem}`));
  if (value === undefined) throw refuse(`${name}: failed to parse JSON.`);
  return value;
}

/** The object that a JSON text holds; undefined for any other value. */
function parseObject(text: string, refuse: Refuse): object | undefined {
  try {
    readJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw refuse(error.message + placeInJson(text, error.offset));
  }
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
