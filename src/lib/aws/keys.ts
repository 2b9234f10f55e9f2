import type { KeyState } from '@aws-sdk/client-kms';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';

/** A KMS key as far as encryption of queues and topics is concerned. */
export interface EncryptionKey {
  readonly id: string;
  readonly arn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly state: KeyState | undefined;
  /** AWS manages the keys of its services itself: their policies can't be changed. */
  readonly manager: 'AWS' | 'CUSTOMER';
}

/** What KMS answers about a key or alias that isn't there. */
const KEY_NOT_FOUND = ['NotFoundException'] as const;

/**
 * A key (`DescribeKey`); undefined where there is none.
 * @param id a `KmsMasterKeyId` as queues and topics have it: key id, key ARN, alias name or alias ARN.
 * @throws AppError `AccessDenied` where the key's policy or the caller's own doesn't allow it.
 */
export async function describeKey(aws: Aws, id: string): Promise<EncryptionKey | undefined> {
  const [{ DescribeKeyCommand }, kms] = await Promise.all([sdk(), aws.kms()]);
  const answer = await callUnless(aws, `read KMS key "${id}"`, KEY_NOT_FOUND, () =>
    kms.send(new DescribeKeyCommand({ KeyId: id })),
  );
  const metadata = answer?.KeyMetadata;
  return (
    metadata && {
      id: metadata.KeyId ?? '',
      arn: metadata.Arn ?? '',
      state: metadata.KeyState,
      manager: metadata.KeyManager ?? 'CUSTOMER',
    }
  );
}

/**
 * A key's policy (`GetKeyPolicy`); undefined where there is no such key.
 * @param id key id or key ARN; KMS takes no alias here (see `describeKey`).
 */
export async function getKeyPolicy(aws: Aws, id: string): Promise<string | undefined> {
  const [{ GetKeyPolicyCommand }, kms] = await Promise.all([sdk(), aws.kms()]);
  const answer = await callUnless(aws, `read the policy of KMS key "${id}"`, KEY_NOT_FOUND, () =>
    kms.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: 'default' })),
  );
  return answer?.Policy;
}

/**
 * Replaces a key's policy (`PutKeyPolicy`). KMS refuses one that would not let the caller change it again.
 * @param id key id or key ARN. @param policy the whole document, at most 32 KiB.
 */
export async function putKeyPolicy(aws: Aws, id: string, policy: string): Promise<void> {
  const [{ PutKeyPolicyCommand }, kms] = await Promise.all([sdk(), aws.kms()]);
  await call(aws, `change the policy of KMS key "${id}"`, () =>
    kms.send(new PutKeyPolicyCommand({ KeyId: id, PolicyName: 'default', Policy: policy })),
  );
}

/** Loaded when a key is looked at: few commands need it. */
function sdk(): Promise<typeof import('@aws-sdk/client-kms')> {
  return import('@aws-sdk/client-kms');
}
