import type { EventResult, TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import type { Subscription, Topic } from '../topic.ts';
import { deliverToDeadLetterQueue } from './dead-letter.ts';
import { traceInvoked, traceRefused } from './fan-out-trace.ts';
import type { KeptDelivery } from './sink.ts';

/** How the delivery to a function went, as the sink shows it. */
export interface FunctionDelivery {
  readonly state: KeptDelivery['state'];
  readonly deadLetterArn?: string;
  /** Why the function doesn't get it. */
  readonly error?: string;
}

/**
 * Hands an event to a function. What Lambda refuses is an error of the client's, which SNS doesn't try again: it goes to
 * the subscription's dead-letter queue, and is kept for the reader of the sink where the function isn't there at all.
 *
 * @param letter what the dead-letter queue gets
 */
export function deliverToFunction(
  ctx: SnsContext,
  topic: Topic,
  subscription: Subscription,
  { messageId, event }: { readonly messageId: string; readonly event: string },
  letter: TopicDelivery,
): FunctionDelivery {
  const { endpoint, settings } = subscription;
  const sender = { service: 'sns.amazonaws.com', sourceArn: topic.arn };
  const result: EventResult = ctx.state.functions.deliver(endpoint, sender, event, messageId);
  if (result.ok) {
    traceInvoked(ctx, topic, messageId, subscription, result.requestId);
    return { state: 'delivered' };
  }
  const { deadLetterArn } = settings;
  const isSaved =
    deadLetterArn !== undefined && deliverToDeadLetterQueue(ctx, deadLetterArn, letter);
  const saved = isSaved ? { deadLetterArn } : {};
  traceRefused(ctx, topic, messageId, subscription, { ...result, ...saved });
  const isThere = result.errorCode !== 'ResourceNotFoundException';
  return { state: isSaved || isThere ? 'failed' : 'kept', ...saved, error: result.reason };
}
