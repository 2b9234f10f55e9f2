import { randomUUID } from 'node:crypto';
import type { EventResult, ServiceInvocation } from '../../../ports.ts';
import type { LambdaState } from '../state.ts';
import { acceptEvent } from './events.ts';
import { targetForService } from './for-service.ts';

/**
 * Takes an event for a function from a service, which the function's policy has to allow. From then on the function's tries
 * are Lambda's business, as for every asynchronous event.
 *
 * @param payload JSON. @param messageId in a topic.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export function deliverEvent(
  state: LambdaState,
  functionArn: string,
  sender: Pick<ServiceInvocation, 'service' | 'sourceArn'>,
  payload: string,
  messageId?: string,
): EventResult {
  const target = targetForService(state, functionArn, sender);
  if ('errorCode' in target) return { ok: false, ...target };
  const requestId = randomUUID();
  const traced = messageId === undefined ? {} : { messageId };
  acceptEvent(state, { id: requestId, functionArn, payload, ...traced });
  return { ok: true, requestId };
}
