import { ServiceError } from '../../errors.ts';
import type { DeliveryResult, TopicDelivery } from '../../ports.ts';
import { accept } from './accept.ts';
import { decideDelivery } from './delivery-policy.ts';
import { whyTopicCannotEncrypt } from './encryption.ts';
import type { Message } from './queue/message.ts';
import type { Queue } from './queue/queue.ts';
import { settle } from './queue/settle.ts';
import { servePollersSoon } from './queue/take.ts';
import { queueByArn, type SqsState } from './state.ts';

/** The `SenderId` of messages that SNS sends: a user of the service. */
const SNS_SENDER = 'AIDAISMY7JYY5F7RTT6AO';

/**
 * Sends a topic's message to a queue as SNS does: as the service, which the queue's policy has to allow, and which no
 * ownership lets in.
 */
export function deliverFromTopic(
  sqs: SqsState,
  queueArn: string,
  delivery: TopicDelivery,
): DeliveryResult {
  const queue = queueByArn(sqs, queueArn);
  if (queue === undefined) {
    return {
      ok: false,
      reason: 'The specified queue does not exist.',
      errorCode: 'AWS.SimpleQueueService.NonExistentQueue',
    };
  }
  const now = sqs.parts.clock.now();
  const refusal = refusalOf(queue, delivery, now);
  const { policyNotes, options } = sqs.parts;
  if (refusal === undefined) {
    if (!policyNotes.isEmpty) policyNotes.remove(`${delivery.topicArn} ${queue.arn}`);
  } else {
    const delivered = options.policies === 'warn';
    const { topicArn } = delivery;
    const note = { topicArn, queueArn: queue.arn, reason: refusal, delivered };
    policyNotes.add(`${topicArn} ${queue.arn}`, note);
    if (!delivered) return { ok: false, reason: refusal, errorCode: 'AccessDenied' };
  }
  const locked = whyTopicCannotEncrypt(sqs, queue, delivery);
  if (locked !== undefined) return { ok: false, ...locked };
  settle(sqs, queue, now);
  try {
    const { MessageId = '' } = accept(
      sqs,
      queue,
      {
        body: delivery.body,
        shared: delivery.shared,
        attributes: delivery.attributes,
        traceHeader: delivery.traceHeader,
        delaySeconds: undefined,
        groupId: delivery.groupId,
        deduplicationId: delivery.deduplicationId,
        sender: SNS_SENDER,
        withoutMd5: true,
        cleanBody: delivery.enveloped ?? false,
      },
      now,
    );
    servePollersSoon(sqs, queue);
    const { account, region } = queue;
    return { ok: true, messageId: MessageId, account, region, time: now };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { ok: false, reason: error.message, errorCode: error.queryCode };
  }
}

/**
 * Puts the signature into an envelope that a topic sent: it is left out until somebody looks (see `Signer`). Whoever
 * shows a message's body MUST call this before.
 */
export function sealFromTopic({ signing }: SqsState, message: Message): void {
  if (message.sender !== SNS_SENDER) return;
  const sealed = signing.seal(message.body);
  if (sealed === message.body) return;
  message.body = sealed;
  message.md5 = '';
}

/** Why the queue's policy doesn't let the topic send; undefined when it does. */
function refusalOf(queue: Queue, delivery: TopicDelivery, now: number): string | undefined {
  const { policy } = queue.settings;
  if (policy === undefined)
    return `${queue.arn} has no policy that allows sns.amazonaws.com to send`;
  const { decision, statement } = decideDelivery(policy, queue.arn, delivery, now);
  if (decision === 'allow') return undefined;
  return decision === 'deny'
    ? `the policy of ${queue.arn} denies it in statement ${statement}`
    : `no statement in the policy of ${queue.arn} allows sns.amazonaws.com to send for ${delivery.topicArn}`;
}
