import { randomUUID } from 'node:crypto';
import { evaluatePolicy, type PolicyDecision } from '../../../rules/policy/index.ts';
import { ServiceError } from '../../errors.ts';
import { innerContext } from '../../inner-context.ts';
import type { PublishResult, SendingService, ServiceCaller, TopicPort } from '../../ports.ts';
import { timeKeys } from '../../time-keys.ts';
import { publishMessage } from './actions/publish.ts';
import { refusalText } from './authorize.ts';
import { keyUseOf } from './encryption.ts';
import type { SnsState } from './state.ts';
import type { Topic } from './topic.ts';

/**
 * Publishes for another AWS service, as that service's principal: a topic's own policy has to allow it, the default one
 * does for the topic's own account.
 *
 * @param baseUrl of the engine, with which links in the message begin.
 */
export function publishAsService(
  state: SnsState,
  baseUrl: string,
  topicArn: string,
  { subject, body }: Parameters<TopicPort['publish']>[1],
  sender: SendingService,
): PublishResult {
  const topic = state.topics.get(topicArn);
  if (topic === undefined) return { ok: false, reason: 'Topic does not exist' };
  const reason = whyNotAllowed(state, topic, sender) ?? whyNotEncrypted(state, topic, sender);
  if (reason !== undefined) return { ok: false, reason };
  const request = {
    Message: body,
    Subject: subject,
    // "Amazon CloudWatch alarms can publish to FIFO topics": the alarm is the group.
    ...(topic.fifo
      ? { MessageGroupId: groupOf(sender), MessageDeduplicationId: randomUUID() }
      : {}),
  };
  try {
    const caller = callerOf(sender, topic, baseUrl);
    const ctx = innerContext(state.parts, state, caller, sender.service);
    publishMessage(ctx, topic, request);
    return { ok: true };
  } catch (error) {
    if (error instanceof ServiceError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** A group has 128 characters of ASCII at most. */
function groupOf({ sourceArn }: SendingService): string {
  return sourceArn.replaceAll(/[^\x21-\x7e]/g, '_').slice(-128);
}

function whyNotAllowed(state: SnsState, topic: Topic, sender: SendingService): string | undefined {
  const decision = decide(state, topic, sender);
  if (decision === 'allow') return undefined;
  return refusalText(sender.service, topic.arn, 'Publish', decision);
}

function decide(
  { parts }: SnsState,
  topic: Topic,
  { service, sourceArn, account }: SendingService,
): PolicyDecision['decision'] {
  const { policy } = topic.settings;
  if (policy === undefined) return account === topic.account ? 'allow' : 'none';
  const { decision } = evaluatePolicy(policy, {
    principal: { type: 'Service', arn: service, account: '' },
    action: 'sns:Publish',
    resource: topic.arn,
    context: {
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': account,
      'aws:SourceOwner': account,
      'aws:SecureTransport': 'true',
      ...timeKeys(parts.clock.timestamp()),
    },
  });
  return decision;
}

function whyNotEncrypted(
  { keys }: SnsState,
  topic: Topic,
  sender: SendingService,
): string | undefined {
  const use = keyUseOf(topic);
  return use && keys.whyServiceCannotUse(sender, use)?.reason;
}

function callerOf(
  { service, account }: SendingService,
  { region }: Topic,
  baseUrl: string,
): ServiceCaller {
  return {
    account,
    region,
    accessKeyId: '',
    principalArn: service,
    userId: account,
    sessionPolicy: undefined,
    baseUrl,
    sourceIp: service,
  };
}
