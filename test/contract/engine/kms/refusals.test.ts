import * as commands from '@aws-sdk/client-kms';
import { it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.KMSClient);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const callsFor = (TargetKeyId: string): Answer[] => [
  [
    'CreateKey',
    { KeySpec: 'RSA_2048' },
    '400 UnsupportedOperationException: The local engine does not support KMS keys of the kind RSA_2048.',
  ],
  [
    'CreateKey',
    { KeyUsage: 'SIGN_VERIFY' },
    '400 UnsupportedOperationException: The local engine does not support KMS SIGN_VERIFY keys.',
  ],
  [
    'CreateKey',
    { Origin: 'EXTERNAL' },
    '400 UnsupportedOperationException: The local engine does not support KMS keys from EXTERNAL.',
  ],
  [
    'CreateKey',
    { MultiRegion: true },
    '400 UnsupportedOperationException: The local engine does not support KMS keys of several regions.',
  ],
  [
    'CreateKey',
    {
      Tags: [
        { TagKey: 'k', TagValue: 'a' },
        { TagKey: 'k', TagValue: 'b' },
      ],
    },
    '400 TagException: Duplicate tag keys',
  ],
  [
    'CreateKey',
    { Tags: [{ TagKey: '', TagValue: 'a' }] },
    "400 TagException: Tag keys must not be empty or start with 'aws:'",
  ],
  [
    'CreateKey',
    { Tags: [{ TagKey: 'aws:k', TagValue: 'a' }] },
    "400 TagException: Tag keys must not be empty or start with 'aws:'",
  ],
  [
    'CreateKey',
    { Tags: Array.from({ length: 51 }, (_, at) => ({ TagKey: `k${at}`, TagValue: '' })) },
    '400 TagException: A key can have up to 50 tags',
  ],
  [
    'CreateKey',
    { Policy: ' '.repeat(32_769) },
    '400 MalformedPolicyDocumentException: The policy is larger than 32768 bytes',
  ],
  [
    'CreateKey',
    { Policy: '{"Version":"2012-10-17","Statement":[]}' },
    '400 MalformedPolicyDocumentException: Statement is empty',
  ],
  [
    'DescribeKey',
    { KeyId: 'none' },
    "400 NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/none' does not exist",
  ],
  [
    'DescribeKey',
    { KeyId: 'alias/none' },
    '400 NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.',
  ],
  [
    'DescribeKey',
    { KeyId: 'arn:aws:kms:us-east-1:111122223333:other/none' },
    '400 InvalidArnException: Invalid arn arn:aws:kms:us-east-1:111122223333:other/none',
  ],
  [
    'DescribeKey',
    { KeyId: 'arn:aws:kms:us-west-2:111122223333:key/none' },
    '400 NotFoundException: Invalid arn us-west-2',
  ],
  [
    'DescribeKey',
    { KeyId: 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000' },
    "400 NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000' does not exist",
  ],
  [
    'DescribeKey',
    { KeyId: '00000000-0000-0000-0000-000000000000' },
    "400 NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000' does not exist",
  ],
  [
    'CreateAlias',
    { AliasName: 'none', TargetKeyId },
    '400 ValidationException: Alias must start with the prefix "alias/"',
  ],
  [
    'CreateAlias',
    { AliasName: 'alias/a b', TargetKeyId },
    '400 InvalidAliasNameException: alias/a b is not a valid alias name',
  ],
  [
    'CreateAlias',
    { AliasName: 'alias/aws/own', TargetKeyId },
    '400 InvalidAliasNameException: alias/aws/own is not a valid alias name',
  ],
  [
    'CreateAlias',
    { AliasName: `alias/${'a'.repeat(251)}`, TargetKeyId },
    '400 ValidationException: Alias names have at most 256 characters',
  ],
  [
    'CreateAlias',
    { AliasName: 'alias/own', TargetKeyId: 'none' },
    "400 NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/none' does not exist",
  ],
  ['CreateAlias', { AliasName: 'alias/own', TargetKeyId }, {}],
  [
    'CreateAlias',
    { AliasName: 'alias/own', TargetKeyId },
    '400 AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:111122223333:alias/own already exists',
  ],
  [
    'DeleteAlias',
    { AliasName: 'alias/none' },
    '400 NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.',
  ],
  ['DeleteAlias', { AliasName: 'alias/own' }, {}],
  ['ListKeys', { Limit: 0 }, '400 ValidationException: Limit must be between 1 and 1000'],
  ['ListKeys', { Limit: 1001 }, '400 ValidationException: Limit must be between 1 and 1000'],
  ['ListKeys', { Marker: 'none' }, '400 InvalidMarkerException: Could not deserialize marker.'],
  [
    'ListAliases',
    { Limit: 101, Marker: 'none' },
    '400 InvalidMarkerException: Could not deserialize marker.',
  ],
  [
    'GetKeyPolicy',
    { KeyId: TargetKeyId, PolicyName: 'other' },
    '400 NotFoundException: No such policy exists',
  ],
  [
    'PutKeyPolicy',
    { KeyId: TargetKeyId, PolicyName: 'other', Policy: '{}' },
    '400 NotFoundException: No such policy exists',
  ],
  ['ListResourceTags', { KeyId: TargetKeyId }, { Tags: [], Truncated: false }],
  [
    'ListResourceTags',
    { KeyId: TargetKeyId, Limit: 0 },
    '400 ValidationException: Limit must be between 1 and 1000',
  ],
  [
    'ScheduleKeyDeletion',
    { KeyId: TargetKeyId, PendingWindowInDays: 6 },
    '400 ValidationException: PendingWindowInDays must be between 7 and 30 days',
  ],
  [
    'ScheduleKeyDeletion',
    { KeyId: TargetKeyId, PendingWindowInDays: 31 },
    '400 ValidationException: PendingWindowInDays must be between 7 and 30 days',
  ],
  [
    'CancelKeyDeletion',
    { KeyId: TargetKeyId },
    `400 KMSInvalidStateException: arn:aws:kms:us-east-1:111122223333:key/${TargetKeyId} is not pending deletion.`,
  ],
  [
    'Encrypt',
    { KeyId: TargetKeyId, Plaintext: Buffer.from('a') },
    '400 UnsupportedOperationException: The local engine does not support KMS Encrypt.',
  ],
  [
    'EnableKeyRotation',
    { KeyId: TargetKeyId },
    '400 UnsupportedOperationException: The local engine does not support KMS EnableKeyRotation.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  const { KeyMetadata } = await at.client.send(new commands.CreateKeyCommand({}));
  await ask(callsFor(KeyMetadata?.KeyId ?? ''));
});
