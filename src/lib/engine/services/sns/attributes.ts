import { type FilterPolicy, parseFilterPolicy } from '../../../rules/filter-policy/index.ts';
import { SNS_MAX_MESSAGE_BYTES } from '../../../rules/limits.ts';
import { parsePolicy, type ResourcePolicy } from '../../../rules/policy/index.ts';
import { readArchivePolicy, readReplayPolicy } from './archive-policy.ts';
import type { SubscriptionSettings, TopicSettings } from './topic.ts';

/** Among a topic's attributes when its archive was begun, in milliseconds since the epoch; never shown as such. */
export const ARCHIVE_SINCE = 'archive-since';

/** Notes when an archive is begun, and forgets it with the archive; `now` in milliseconds since the epoch. */
export function keepArchiveTime(attributes: Map<string, string>, now: number): void {
  const policy = attributes.get('ArchivePolicy');
  if (policy !== undefined && known(readArchivePolicy(policy)) !== undefined) {
    if (!attributes.has(ARCHIVE_SINCE)) attributes.set(ARCHIVE_SINCE, String(now));
  } else {
    attributes.delete('ArchivePolicy');
    attributes.delete(ARCHIVE_SINCE);
  }
}

/** A policy that was checked when it was set. */
function known<Policy>(policy: Policy | string | undefined): Policy | undefined {
  return typeof policy === 'string' ? undefined : policy;
}

/** Reads validated topic attributes the way publishing needs them. */
export function topicSettings(attributes: ReadonlyMap<string, string>): TopicSettings {
  return {
    maximumMessageSize: Number(attributes.get('MaximumMessageSize') ?? SNS_MAX_MESSAGE_BYTES),
    contentBasedDeduplication: attributes.get('ContentBasedDeduplication') === 'true',
    deduplicateByGroup: attributes.get('FifoThroughputScope') === 'MessageGroup',
    signatureVersion: attributes.get('SignatureVersion') === '2' ? '2' : '1',
    policy: readPolicy(attributes.get('Policy')),
    archive: known(readArchivePolicy(attributes.get('ArchivePolicy') ?? '{}')),
    archiveSince: Number(attributes.get(ARCHIVE_SINCE) ?? 0),
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
    replay: known(readReplayPolicy(attributes.get('ReplayPolicy') ?? '{}')),
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
