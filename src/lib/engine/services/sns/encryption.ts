import { ServiceError } from '../../errors.ts';
import type { KeyUse } from '../../ports.ts';
import type { SnsContext } from './context.ts';
import type { Topic } from './topic.ts';

/**
 * Refuses to publish to an encrypted topic without its key ("Encrypting messages", SNS Developer Guide).
 *
 * @throws ServiceError `KMSNotFound`, `KMSDisabled`, `KMSInvalidState`, `KMSAccessDenied`
 */
export function useKeyToPublish(ctx: SnsContext, topic: Topic): void {
  const use = keyUseOf(topic);
  const refusal = use && ctx.state.keys.whyCallerCannotUse(ctx, use);
  if (refusal !== undefined) throw new ServiceError(`KMS${refusal.fault}`, refusal.reason);
}

/** What who publishes to a topic needs of its key; undefined for a topic that isn't encrypted. */
export function keyUseOf({ attributes, arn, account, region }: Topic): KeyUse | undefined {
  const keyId = attributes.get('KmsMasterKeyId');
  if (keyId === undefined || keyId === '') return undefined;
  return { keyId, encrypted: { service: 'sns', arn, account, region }, purpose: 'send' };
}
