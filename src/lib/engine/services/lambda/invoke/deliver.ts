import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../../errors.ts';
import type { EventResult } from '../../../ports.ts';
import { addressOf } from '../address.ts';
import { decide } from '../authorize.ts';
import { targetAt } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import { acceptEvent } from './events.ts';

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
  const address = addressOf({ account: '', region: '' }, functionArn);
  let fn: ReturnType<typeof targetAt>['fn'];
  try {
    ({ fn } = targetAt(state, address));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { ok: false, errorCode: error.code, reason: error.message };
  }
  const decision = decide(
    fn,
    address.qualifier,
    {
      principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
      action: 'InvokeFunction',
      context: { 'aws:SourceArn': topicArn, 'aws:SourceAccount': topicArn.split(':')[4] ?? '' },
    },
    state.parts.clock.timestamp(),
  );
  if (decision !== 'allow' && state.parts.options.policies !== 'warn') {
    const reason = `no statement in the policy of ${functionArn} allows sns.amazonaws.com to invoke it for ${topicArn}`;
    return { ok: false, errorCode: 'AccessDeniedException', reason };
  }
  const requestId = randomUUID();
  acceptEvent(state, { id: requestId, functionArn, payload, messageId });
  return { ok: true, requestId };
}
