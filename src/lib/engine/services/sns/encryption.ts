import { ServiceError } from '../../errors.ts';
import type { SnsContext } from './context.ts';
import type { Topic } from './topic.ts';

/**
 * Refuses to publish to an encrypted topic without its key ("Encrypting messages", SNS Developer Guide).
 *
 * @throws ServiceError `KMSNotFound`, `KMSDisabled`, `KMSInvalidState`, `KMSAccessDenied`
 */
export function useKeyToPublish(ctx: SnsContext, topic: Topic): void {
  const keyId = topic.attributes.get('KmsMasterKeyId');
  if (keyId === undefined || keyId === '') return;
  const { arn, account, region } = topic;
  const encrypted = { service: 'sns', arn, account, region } as const;
  const refusal = ctx.state.keys.whyCallerCannotUse(ctx, { keyId, encrypted, purpose: 'send' });
  if (refusal !== undefined) throw new ServiceError(`KMS${refusal.fault}`, refusal.reason);
}
