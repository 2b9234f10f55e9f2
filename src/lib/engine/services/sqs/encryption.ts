import type { RequestContext } from '../../action.ts';
import type { Engine } from '../../engine.ts';
import { ServiceError } from '../../errors.ts';
import {
  type KeyRefusal,
  type KeyUse,
  TO_RECEIVE,
  TO_SEND,
  whyCallerCannotUse,
  whyTopicCannotUse,
} from '../kms/use.ts';
import type { Queue } from './queue/queue.ts';

/**
 * Refuses to send to an encrypted queue without its key.
 *
 * @throws ServiceError `KmsNotFound`, `KmsDisabled`, `KmsInvalidState`, `KmsAccessDenied`
 */
export function useKeyToSend(ctx: RequestContext, queue: Queue): void {
  useKey(ctx, queue, TO_SEND);
}

/**
 * Refuses to receive from an encrypted queue without its key, where there is something to decrypt.
 *
 * @throws ServiceError as `useKeyToSend`
 */
export function useKeyToReceive(ctx: RequestContext, queue: Queue): void {
  if (queue.visible > 0) useKey(ctx, queue, TO_RECEIVE);
}

/** Why SNS can't encrypt a topic's message for the queue, with the code that SQS answers; undefined when it can. */
export function whyTopicCannotEncrypt(
  engine: Engine,
  queue: Queue,
  topic: { readonly topicArn: string; readonly topicAccount: string },
): { readonly errorCode: string; readonly reason: string } | undefined {
  const { KmsMasterKeyId: keyId } = queue.attributes;
  if (keyId === undefined) return undefined;
  const refusal = whyTopicCannotUse(engine.kms, encrypted(queue), keyId, topic);
  return refusal && { errorCode: errorCode(refusal), reason: refusal.reason };
}

function useKey(ctx: RequestContext, queue: Queue, actions: readonly string[]): void {
  const { KmsMasterKeyId: keyId } = queue.attributes;
  if (keyId === undefined) return;
  const refusal = whyCallerCannotUse(ctx, encrypted(queue), keyId, actions);
  if (refusal === undefined) return;
  const { fault, reason } = refusal;
  throw new ServiceError(`Kms${fault}`, reason, { queryCode: errorCode(refusal) });
}

function encrypted({ arn, account, region }: Queue): KeyUse['encrypted'] {
  return { service: 'sqs', arn, account, region };
}

/** The `awsQueryError` traits of SQS's API model. */
function errorCode({ fault }: KeyRefusal): string {
  return `KMS.${fault}Exception`;
}
