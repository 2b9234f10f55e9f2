import { randomUUID } from 'node:crypto';
import type { EventResult } from '../../../ports.ts';
import type { LambdaState } from '../state.ts';
import { acceptEvent } from './events.ts';
import { targetForService } from './for-service.ts';

/**
 * Takes a topic's event for a function, as SNS hands it over: as the service, which the function's policy has to allow.
 * From then on the function's tries are Lambda's business, as for every asynchronous event.
 *
 * @param messageId in the topic. @param payload JSON
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html
 */
export function deliverFromTopic(
  state: LambdaState,
  functionArn: string,
  topicArn: string,
  messageId: string,
  payload: string,
): EventResult {
  const asking = { service: 'sns.amazonaws.com', sourceArn: topicArn };
  const target = targetForService(state, functionArn, asking);
  if ('errorCode' in target) return { ok: false, ...target };
  const requestId = randomUUID();
  acceptEvent(state, { id: requestId, functionArn, payload, messageId });
  return { ok: true, requestId };
}
