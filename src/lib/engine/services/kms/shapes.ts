import {
  boolean,
  integer,
  list,
  type Operation,
  string,
  structure,
  timestamp,
} from '../../protocol/shape.ts';

const tag = structure({ TagKey: string, TagValue: string }, ['TagKey', 'TagValue']);

const keyMetadata = structure(
  {
    AWSAccountId: string,
    KeyId: string,
    Arn: string,
    CreationDate: timestamp,
    Enabled: boolean,
    Description: string,
    KeyUsage: string,
    KeyState: string,
    DeletionDate: timestamp,
    Origin: string,
    KeyManager: string,
    CustomerMasterKeySpec: string,
    KeySpec: string,
    EncryptionAlgorithms: list(string),
    MultiRegion: boolean,
  },
  ['KeyId'],
);

const keyOnly = structure({ KeyId: string }, ['KeyId']);
const nothing = structure({});
const page = { NextMarker: string, Truncated: boolean };
const paging = { Limit: integer, Marker: string };

/** The actions of KMS (API version 2014-11-01) that the engine answers, with their shapes. */
export const kmsOperations: Readonly<Record<string, Operation>> = {
  CancelKeyDeletion: operation(keyOnly, keyOnly),
  CreateAlias: operation(
    structure({ AliasName: string, TargetKeyId: string }, ['AliasName', 'TargetKeyId']),
  ),
  CreateKey: operation(
    structure({
      Policy: string,
      Description: string,
      KeyUsage: string,
      CustomerMasterKeySpec: string,
      KeySpec: string,
      Origin: string,
      CustomKeyStoreId: string,
      BypassPolicyLockoutSafetyCheck: boolean,
      Tags: list(tag),
      MultiRegion: boolean,
      XksKeyId: string,
    }),
    structure({ KeyMetadata: keyMetadata }),
  ),
  DeleteAlias: operation(structure({ AliasName: string }, ['AliasName'])),
  DescribeKey: operation(
    structure({ KeyId: string, GrantTokens: list(string) }, ['KeyId']),
    structure({ KeyMetadata: keyMetadata }),
  ),
  DisableKey: operation(keyOnly),
  EnableKey: operation(keyOnly),
  GetKeyPolicy: operation(
    structure({ KeyId: string, PolicyName: string }, ['KeyId']),
    structure({ Policy: string, PolicyName: string }),
  ),
  ListAliases: operation(
    structure({ KeyId: string, ...paging }),
    structure({
      Aliases: list(
        structure({
          AliasName: string,
          AliasArn: string,
          TargetKeyId: string,
          CreationDate: timestamp,
          LastUpdatedDate: timestamp,
        }),
      ),
      ...page,
    }),
  ),
  ListKeys: operation(
    structure(paging),
    structure({ Keys: list(structure({ KeyId: string, KeyArn: string })), ...page }),
  ),
  ListResourceTags: operation(
    structure({ KeyId: string, ...paging }, ['KeyId']),
    structure({ Tags: list(tag), ...page }),
  ),
  PutKeyPolicy: operation(
    structure(
      {
        KeyId: string,
        PolicyName: string,
        Policy: string,
        BypassPolicyLockoutSafetyCheck: boolean,
      },
      ['KeyId', 'Policy'],
    ),
  ),
  ScheduleKeyDeletion: operation(
    structure({ KeyId: string, PendingWindowInDays: integer }, ['KeyId']),
    structure({
      KeyId: string,
      DeletionDate: timestamp,
      KeyState: string,
      PendingWindowInDays: integer,
    }),
  ),
};

/** An action without output is answered with an empty body. */
function operation(input: Operation['input'], output?: Operation['output']): Operation {
  if (output === undefined) return { input, output: nothing };
  return { input, output, resultWrapper: '' };
}

/** Actions that KMS has and the engine hasn't: those that work with key material, grants and key stores. */
export const kmsUnsupported: ReadonlySet<string> = new Set([
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'CreateGrant',
  'Decrypt',
  'DeleteCustomKeyStore',
  'DeleteImportedKeyMaterial',
  'DeriveSharedSecret',
  'DescribeCustomKeyStores',
  'DisableKeyRotation',
  'DisconnectCustomKeyStore',
  'EnableKeyRotation',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'GetKeyLastUsage',
  'GetKeyRotationStatus',
  'GetParametersForImport',
  'GetPublicKey',
  'ImportKeyMaterial',
  'ListGrants',
  'ListKeyPolicies',
  'ListKeyRotations',
  'ListRetirableGrants',
  'ReEncrypt',
  'ReplicateKey',
  'RetireGrant',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'Sign',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateCustomKeyStore',
  'UpdateKeyDescription',
  'UpdatePrimaryRegion',
  'Verify',
  'VerifyMac',
]);
