import type { DeliveryResult } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import type { Subscription, Topic } from '../topic.ts';

/** Tells the trace that a topic accepted a message. */
export function tracePublished(ctx: SnsContext, topic: Topic, messageId: string): void {
  const { trace } = ctx.state.parts;
  const { account, region, arn: topicArn } = topic;
  const subscriptions = topic.subscriptions.size;
  const time = ctx.clock.now();
  trace.emit({ kind: 'published', time, account, region, topicArn, messageId, subscriptions });
}

/** Tells the trace that a FIFO topic took a message for a repetition of an earlier one. */
export function traceRepeated(
  ctx: SnsContext,
  topic: Topic,
  messageId: string,
  deduplicationId: string,
): void {
  const common = commonOf(ctx, topic, messageId);
  ctx.state.parts.trace.emit({ kind: 'repeated', ...common, deduplicationId });
}

/** Tells the trace that a subscription gets nothing since it waits for its confirmation. */
export function tracePending(
  ctx: SnsContext,
  topic: Topic,
  messageId: string,
  subscription: Subscription,
): void {
  traceRefused(ctx, topic, messageId, subscription, {
    errorCode: 'PendingConfirmation',
    reason: 'the subscription waits for its confirmation',
  });
}

/** Tells the trace that a subscription's filter policy kept a message back. */
export function traceFiltered(
  ctx: SnsContext,
  topic: Topic,
  messageId: string,
  subscription: Subscription,
  clause: string,
): void {
  const { trace } = ctx.state.parts;
  const { arn: subscriptionArn, endpoint: queueArn, settings } = subscription;
  const common = commonOf(ctx, topic, messageId);
  const scope = settings.filter?.scope ?? 'MessageAttributes';
  trace.emit({ kind: 'filtered', ...common, subscriptionArn, queueArn, clause, scope });
}

/** Tells the trace what became of a delivery; `deadLetterArn` when the dead-letter queue took it instead. */
export function traceDelivery(
  ctx: SnsContext,
  topic: Topic,
  messageId: string,
  subscription: Subscription,
  result: DeliveryResult,
  deadLetterArn: string | undefined,
): void {
  const { trace } = ctx.state.parts;
  const { arn: subscriptionArn, endpoint: queueArn } = subscription;
  if (result.ok) {
    // One literal, since spreading others into it would take longer than the delivery.
    trace.emit({
      kind: 'delivered',
      time: result.time,
      account: result.account,
      region: result.region,
      topicArn: topic.arn,
      messageId: result.messageId,
      subscriptionArn,
      queueArn,
      topicMessageId: messageId,
    });
    return;
  }
  traceRefused(ctx, topic, messageId, subscription, { ...result, deadLetterArn });
}

/** Tells the trace that a queue or function did not take a message. */
export function traceRefused(
  ctx: SnsContext,
  topic: Topic,
  messageId: string,
  { arn: subscriptionArn, endpoint: queueArn }: Subscription,
  refusal: {
    readonly errorCode: string;
    readonly reason: string;
    readonly deadLetterArn?: string | undefined;
  },
): void {
  const { errorCode, reason, deadLetterArn } = refusal;
  const dead = deadLetterArn === undefined ? {} : { deadLetterArn };
  const common = { ...commonOf(ctx, topic, messageId), subscriptionArn, queueArn };
  ctx.state.parts.trace.emit({ kind: 'refused', ...common, errorCode, reason, ...dead });
}

/** Tells the trace that a function took a message. */
export function traceInvoked(
  ctx: SnsContext,
  topic: Topic,
  messageId: string,
  { arn: subscriptionArn, endpoint: functionArn }: Subscription,
  requestId: string,
): void {
  const common = commonOf(ctx, topic, messageId);
  ctx.state.parts.trace.emit({
    kind: 'invoked',
    ...common,
    subscriptionArn,
    functionArn,
    requestId,
  });
}

function commonOf(ctx: SnsContext, topic: Topic, messageId: string) {
  const { account, region, arn: topicArn } = topic;
  return { time: ctx.clock.now(), account, region, topicArn, messageId };
}
