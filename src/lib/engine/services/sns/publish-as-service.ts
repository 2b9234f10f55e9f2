import { randomUUID } from 'node:crypto';
import { evaluatePolicy } from '../../../rules/policy/index.ts';
import { ServiceError } from '../../errors.ts';
import type { PublishingService, PublishResult, TopicPort } from '../../ports.ts';
import { timeKeys } from '../../time-keys.ts';
import { accept } from './actions/publish.ts';
import type { SnsContext } from './context.ts';
import { checkFifoParameters, checkTexts, readMessage } from './message.ts';
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
  sender: PublishingService,
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
    checkFifoParameters(request, topic);
    checkTexts(request);
    const message = readMessage(request, topic);
    const { MessageId } = accept(contextOf(state, baseUrl, sender, topic), topic, message);
    return { ok: true, messageId: MessageId ?? '' };
  } catch (error) {
    if (error instanceof ServiceError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** A group has 128 characters of ASCII at most. */
function groupOf({ sourceArn }: PublishingService): string {
  return sourceArn.replaceAll(/[^\x21-\x7e]/g, '_').slice(-128);
}

function whyNotAllowed(
  { parts }: SnsState,
  topic: Topic,
  { service, sourceArn, account }: PublishingService,
): string | undefined {
  const { policy } = topic.settings;
  const who = `${service} is not authorized to perform: SNS:Publish on resource: ${topic.arn}`;
  if (policy === undefined) {
    if (account === topic.account) return undefined;
    return `${who} because no resource-based policy allows the SNS:Publish action`;
  }
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
  if (decision === 'allow') return undefined;
  return decision === 'deny'
    ? `${who} with an explicit deny in a resource-based policy`
    : `${who} because no resource-based policy allows the SNS:Publish action`;
}

function whyNotEncrypted(
  { keys }: SnsState,
  { attributes, arn, account, region }: Topic,
  sender: PublishingService,
): string | undefined {
  const keyId = attributes.get('KmsMasterKeyId');
  if (keyId === undefined || keyId === '') return undefined;
  const encrypted = { service: 'sns', arn, account, region } as const;
  return keys.whyServiceCannotUse(sender, { keyId, encrypted, purpose: 'send' })?.reason;
}

function contextOf(
  state: SnsState,
  baseUrl: string,
  { service, account }: PublishingService,
  { region }: Topic,
): SnsContext {
  const { clock, journal } = state.parts;
  return {
    state,
    clock,
    journal,
    account,
    region,
    principalArn: service,
    userId: account,
    accessKeyId: '',
    sessionPolicy: undefined,
    requestId: randomUUID(),
    baseUrl,
    sourceIp: service,
    userAgent: service,
    connection: { destroyed: false },
    traceHeader: undefined,
    signal: new AbortController().signal,
  };
}
