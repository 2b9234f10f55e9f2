import type { PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import { flatUuid } from '../../../flat-uuid.ts';
import type { SnsContext } from '../context.ts';
import { fanOut, recipientsOf } from '../delivery/fan-out.ts';
import { tracePublished, traceRepeated } from '../delivery/fan-out-trace.ts';
import { useKeyToPublish } from '../encryption.ts';
import { topicFor } from '../lookup.ts';
import {
  type AcceptedMessage,
  type CheckedMessage,
  checkFifoParameters,
  checkTexts,
  type Request,
  readMessage,
} from '../message.ts';
import { invalidParameter } from '../refusals.ts';
import { TABLES } from '../tables.ts';
import type { Topic } from '../topic.ts';
import { publishToEndpoint, publishToPhone } from './publish-direct.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function publish(input: PublishInput, ctx: SnsContext): PublishResponse {
  const { TopicArn, TargetArn, PhoneNumber } = input;
  const arn = TopicArn ?? TargetArn;
  if (arn === undefined) {
    if (PhoneNumber !== undefined) return publishToPhone(input, PhoneNumber, ctx);
    throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
  }
  // `TargetArn` may name a topic, too.
  if (TopicArn === undefined && arn.includes(':endpoint/')) {
    return publishToEndpoint(input, arn, ctx);
  }
  return publishToTopic(input, arn, ctx);
}

function publishToTopic(input: PublishInput, arn: string, ctx: SnsContext): PublishResponse {
  const topic = topicFor(ctx, arn, 'Publish');
  useKeyToPublish(ctx, topic);
  return publishMessage(ctx, topic, { ...input, Message: input.Message ?? '' });
}

/**
 * Checks a message to a topic that its sender may publish to, and delivers it.
 * @throws ServiceError as `checkFifoParameters`, `checkTexts` and `readMessage` do; `InvalidParameter` where it is too long
 */
export function publishMessage(ctx: SnsContext, topic: Topic, request: Request): PublishResponse {
  checkFifoParameters(request, topic);
  checkTexts(request);
  const message = readMessage(request, topic);
  if (message.bytes > topic.settings.maximumMessageSize) throw invalidParameter('Message too long');
  return accept(ctx, topic, message);
}

/**
 * Gives a checked message its ids and delivers it. A message of a FIFO topic that repeats one of the last five minutes
 * is answered like the first and not delivered.
 */
export function accept(ctx: SnsContext, topic: Topic, message: CheckedMessage): PublishResponse {
  const { state: sns } = ctx;
  const { deduplicationId, groupId } = message;
  const group = topic.settings.deduplicateByGroup ? groupId : undefined;
  if (deduplicationId !== undefined) {
    const first = sns.deduplication.find(topic.arn, group, deduplicationId);
    if (first !== undefined) {
      sns.repeats.add({
        topicArn: topic.arn,
        time: ctx.clock.timestamp(),
        deduplicationId,
        messageId: first.messageId,
        body: message.body,
      });
      traceRepeated(ctx, topic, first.messageId, deduplicationId);
      return { MessageId: first.messageId, SequenceNumber: first.sequenceNumber };
    }
  }
  const recipients = recipientsOf(ctx, topic, message);
  const messageId = flatUuid();
  const sequenceNumber = topic.fifo ? nextSequenceNumber(ctx, topic) : undefined;
  if (deduplicationId !== undefined && sequenceNumber !== undefined) {
    sns.deduplication.remember(topic.arn, group, deduplicationId, { messageId, sequenceNumber });
  }
  tracePublished(ctx, topic, messageId);
  sns.parts.traces.note(messageId, message.attributes.values, ctx.traceHeader);
  sns.parts.meter.add(topic.arn, 'PublishSize', message.bytes);
  const accepted = acceptedAs(message, messageId, sequenceNumber);
  sns.history.add(topic.arn, accepted, ctx.clock.timestamp());
  sns.archive.add(topic, accepted);
  fanOut(ctx, topic, accepted, recipients);
  return {
    MessageId: messageId,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
  };
}

/** Field by field: spreading the checked message takes as long as delivering it. */
function acceptedAs(
  checked: CheckedMessage,
  messageId: string,
  sequenceNumber: string | undefined,
): AcceptedMessage {
  const { body, texts, subject, attributes, sendsAttributes, bytes } = checked;
  const { groupId, deduplicationId } = checked;
  return {
    body,
    texts,
    subject,
    attributes,
    sendsAttributes,
    bytes,
    groupId,
    deduplicationId,
    messageId,
    sequenceNumber,
  };
}

/** Twenty digits, beginning at 10^19 and growing by more than one, as AWS's do. */
function nextSequenceNumber(ctx: SnsContext, topic: Topic): string {
  topic.sequence += 1;
  ctx.journal.put(TABLES.sequences, topic.arn, topic.sequence);
  return `1${String(topic.sequence).padStart(16, '0')}000`;
}
