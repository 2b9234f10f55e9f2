import type { KeyMetadata, KeyState } from '@aws-sdk/client-kms';
import type { ResourcePolicy } from '../../../rules/policy/index.ts';
import type { Clock } from '../../clock.ts';

/** A key as the engine holds it: symmetric, for encryption and decryption, and without any key material. */
export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly description: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Whose it is to manage: AWS keeps the keys of its services to itself. */
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly tags: readonly (readonly [string, string])[];
  enabled: boolean;
  /** When it will be deleted, in milliseconds of the engine's time; undefined while nobody asked for that. */
  deletionAt: number | undefined;
  /** The policy as it was given. */
  policyText: string;
  /** The policy, read once for each change of it. */
  policy: ResourcePolicy;
}

/** ["Key states of AWS KMS keys"](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html) */
export function keyState(key: Key): KeyState {
  if (key.deletionAt !== undefined) return 'PendingDeletion';
  return key.enabled ? 'Enabled' : 'Disabled';
}

/** What `CreateKey` and `DescribeKey` tell of a key. */
export function metadataOf(key: Key, clock: Clock): KeyMetadata {
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: keyState(key) === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: keyState(key),
    ...(key.deletionAt === undefined
      ? {}
      : { DeletionDate: new Date(clock.timestamp(key.deletionAt)) }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
