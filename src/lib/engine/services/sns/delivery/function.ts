import type { EventResult, TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import type { Subscription } from '../topic.ts';
import { deliverToDeadLetterQueue } from './dead-letter.ts';
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
  { endpoint, topicArn, settings: { deadLetterArn } }: Subscription,
  event: string,
  letter: TopicDelivery,
): FunctionDelivery {
  const result: EventResult = ctx.state.functions.deliver(endpoint, topicArn, event);
  if (result.ok) return { state: 'delivered' };
  if (deadLetterArn !== undefined && deliverToDeadLetterQueue(ctx, deadLetterArn, letter)) {
    return { state: 'failed', deadLetterArn, error: result.reason };
  }
  const isThere = result.errorCode !== 'ResourceNotFoundException';
  return { state: isThere ? 'failed' : 'kept', error: result.reason };
}
