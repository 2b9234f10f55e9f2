import { ServiceError } from '../../errors.ts';
import type { KeyRefusal, KeyUse } from '../../ports.ts';
import type { SqsContext } from './context.ts';
import type { Queue } from './queue/queue.ts';
import type { SqsState } from './state.ts';

/**
 * Refuses to send to an encrypted queue without its key.
 *
 * @throws ServiceError `KmsNotFound`, `KmsDisabled`, `KmsInvalidState`, `KmsAccessDenied`
 */
export function useKeyToSend(ctx: SqsContext, queue: Queue): void {
  useKey(ctx, queue, 'send');
}

/**
 * Refuses to receive from an encrypted queue without its key, where there is something to decrypt.
 *
 * @throws ServiceError as `useKeyToSend`
 */
export function useKeyToReceive(ctx: SqsContext, queue: Queue): void {
  if (queue.visible > 0) useKey(ctx, queue, 'receive');
}

/** Why SNS can't encrypt a topic's message for the queue, with the code that SQS answers; undefined when it can. */
export function whyTopicCannotEncrypt(
  state: SqsState,
  queue: Queue,
  { topicArn, topicAccount }: { readonly topicArn: string; readonly topicAccount: string },
): { readonly errorCode: string; readonly reason: string } | undefined {
  const { KmsMasterKeyId: keyId } = queue.attributes;
  if (keyId === undefined) return undefined;
  const sns = { service: 'sns.amazonaws.com', sourceArn: topicArn, account: topicAccount };
  const refusal = state.keys.whyServiceCannotUse(sns, {
    keyId,
    encrypted: encrypted(queue),
    purpose: 'send',
  });
  return refusal && { errorCode: errorCode(refusal), reason: refusal.reason };
}

function useKey(ctx: SqsContext, queue: Queue, purpose: KeyUse['purpose']): void {
  const { KmsMasterKeyId: keyId } = queue.attributes;
  if (keyId === undefined) return;
  const refusal = ctx.state.keys.whyCallerCannotUse(ctx, {
    keyId,
    encrypted: encrypted(queue),
    purpose,
  });
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
