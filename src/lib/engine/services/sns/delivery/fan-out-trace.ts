import type { DeliveryResult } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import type { Subscription, Topic } from '../topic.ts';

/** Tells the trace that a topic accepted a message. Costs nothing while nobody listens, as the others here. */
export function tracePublished(ctx: SnsContext, topic: Topic, messageId: string): void {
  const { trace } = ctx.state.parts;
  if (!trace.active) return;
  const subscriptions = topic.subscriptions.size;
  trace.emit({ kind: 'published', ...commonOf(ctx, topic, messageId), subscriptions });
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
  if (!trace.active) return;
  const { arn: subscriptionArn, endpoint: queueArn } = subscription;
  const common = commonOf(ctx, topic, messageId);
  trace.emit({ kind: 'filtered', ...common, subscriptionArn, queueArn, clause });
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
  if (!trace.active) return;
  const { arn: subscriptionArn, endpoint: queueArn } = subscription;
  const common = { ...commonOf(ctx, topic, messageId), subscriptionArn, queueArn };
  if (result.ok) {
    const [, , , region = '', account = ''] = queueArn.split(':');
    const inQueue = { account, region, messageId: result.messageId, topicMessageId: messageId };
    trace.emit({ kind: 'delivered', ...common, ...inQueue });
    return;
  }
  const { errorCode, reason } = result;
  const dead = deadLetterArn === undefined ? {} : { deadLetterArn };
  trace.emit({ kind: 'refused', ...common, errorCode, reason, ...dead });
}

function commonOf(ctx: SnsContext, topic: Topic, messageId: string) {
  const { account, region, arn: topicArn } = topic;
  return { time: ctx.clock.now(), account, region, topicArn, messageId };
}
