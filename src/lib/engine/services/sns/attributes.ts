import { type FilterPolicy, parseFilterPolicy } from '../../../rules/filter-policy/index.ts';
import { SNS_MAX_MESSAGE_BYTES } from '../../../rules/limits.ts';
import { parsePolicy, type ResourcePolicy } from '../../../rules/policy/index.ts';
import type { SubscriptionSettings, TopicSettings } from './topic.ts';

/** Reads validated topic attributes the way publishing needs them. */
export function topicSettings(attributes: ReadonlyMap<string, string>): TopicSettings {
  return {
    maximumMessageSize: Number(attributes.get('MaximumMessageSize') ?? SNS_MAX_MESSAGE_BYTES),
    contentBasedDeduplication: attributes.get('ContentBasedDeduplication') === 'true',
    deduplicateByGroup: attributes.get('FifoThroughputScope') === 'MessageGroup',
    signatureVersion: attributes.get('SignatureVersion') === '2' ? '2' : '1',
    policy: readPolicy(attributes.get('Policy')),
  };
}

/** A policy without statements, which `RemovePermission` may leave, allows the owner alone: as the default does. */
function readPolicy(text: string | undefined): ResourcePolicy | undefined {
  if (text === undefined) return undefined;
  const { Statement: statements } = JSON.parse(text);
  return Array.isArray(statements) && statements.length === 0 ? undefined : parsePolicy(text);
}

/** Reads validated subscription attributes the way delivery needs them. */
export function subscriptionSettings(
  attributes: ReadonlyMap<string, string>,
): SubscriptionSettings {
  const redrive = attributes.get('RedrivePolicy');
  return {
    raw: attributes.get('RawMessageDelivery') === 'true',
    filter: readFilter(attributes),
    deadLetterArn: redrive === undefined ? undefined : deadLetterArn(redrive),
  };
}

/** The scope that holds for a subscription's filter policy; `MessageAttributes` unless set. */
export function filterScope(
  attributes: ReadonlyMap<string, string>,
): 'MessageAttributes' | 'MessageBody' {
  return attributes.get('FilterPolicyScope') === 'MessageBody'
    ? 'MessageBody'
    : 'MessageAttributes';
}

function readFilter(attributes: ReadonlyMap<string, string>): FilterPolicy | undefined {
  const text = attributes.get('FilterPolicy');
  if (text === undefined || text.trim() === '{}') return undefined;
  return parseFilterPolicy(text, filterScope(attributes));
}

function deadLetterArn(redrivePolicy: string): string | undefined {
  const policy: unknown = JSON.parse(redrivePolicy);
  if (typeof policy !== 'object' || policy === null) return undefined;
  const arn: unknown = Reflect.get(policy, 'deadLetterTargetArn');
  return typeof arn === 'string' ? arn : undefined;
}
