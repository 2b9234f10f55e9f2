import { randomUUID } from 'node:crypto';
import type {
  CreateKeyRequest,
  CreateKeyResponse,
  DescribeKeyRequest,
  DescribeKeyResponse,
  ListKeysRequest,
  ListKeysResponse,
  ListResourceTagsRequest,
  ListResourceTagsResponse,
} from '@aws-sdk/client-kms';
import { parsePolicy } from '../../../../rules/policy/index.ts';
import { ServiceError } from '../../../errors.ts';
import type { KmsContext } from '../context.ts';
import { unsupported } from '../errors.ts';
import { type Key, metadataOf } from '../key.ts';
import { keyFor } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import { keyByArn, storeKey } from '../state.ts';
import { defaultKeyPolicy, readKeyPolicy } from './key-policy.ts';

/** "Each tag key … must be unique", at most 50 ("Tags in AWS KMS"). */
const MAX_TAGS = 50;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export function createKey(input: CreateKeyRequest, ctx: KmsContext): CreateKeyResponse {
  refuseOtherKinds(input);
  const { account, region } = ctx;
  const id = randomUUID();
  const arn = `arn:aws:kms:${region}:${account}:key/${id}`;
  const bypass = input.BypassPolicyLockoutSafetyCheck === true;
  const policyText = input.Policy ?? defaultKeyPolicy(account);
  const key: Key = {
    id,
    arn,
    account,
    region,
    description: input.Description ?? '',
    createdAt: ctx.clock.timestamp(),
    manager: 'CUSTOMER',
    tags: readTags(input),
    enabled: true,
    deletionAt: undefined,
    policyText,
    policy:
      input.Policy === undefined
        ? parsePolicy(policyText)
        : readKeyPolicy(ctx, policyText, arn, bypass),
  };
  storeKey(ctx.state, key);
  return { KeyMetadata: metadataOf(key, ctx.clock) };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
export function describeKey(
  { KeyId = '' }: DescribeKeyRequest,
  ctx: KmsContext,
): DescribeKeyResponse {
  const key = keyFor(ctx, KeyId, 'DescribeKey', { aliases: true });
  return { KeyMetadata: metadataOf(key, ctx.clock) };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
export function listKeys(input: ListKeysRequest, ctx: KmsContext): ListKeysResponse {
  const { state: kms } = ctx;
  const own = [...kms.keys.keys()].flatMap((arn) => {
    const key = keyByArn(kms, arn);
    return key?.account === ctx.account && key.region === ctx.region ? [key] : [];
  });
  const { items, ...page } = pageOf(own, input);
  return { Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...page };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html */
export function listResourceTags(
  input: ListResourceTagsRequest,
  ctx: KmsContext,
): ListResourceTagsResponse {
  const key = keyFor(ctx, input.KeyId ?? '', 'ListResourceTags');
  const { items, ...page } = pageOf(key.tags, { ...input, usual: MAX_TAGS });
  return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...page };
}

function refuseOtherKinds(input: CreateKeyRequest): void {
  const { KeySpec, CustomerMasterKeySpec, KeyUsage, Origin, MultiRegion } = input;
  const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (spec !== 'SYMMETRIC_DEFAULT') throw unsupported(`keys of the kind ${spec}`);
  if ((KeyUsage ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT') throw unsupported(`${KeyUsage} keys`);
  if ((Origin ?? 'AWS_KMS') !== 'AWS_KMS') throw unsupported(`keys from ${Origin}`);
  if (MultiRegion === true) throw unsupported('keys of several regions');
}

function readTags({ Tags = [] }: CreateKeyRequest): [string, string][] {
  const tags = Tags.map(({ TagKey = '', TagValue = '' }): [string, string] => [TagKey, TagValue]);
  const keys = new Set(tags.map(([key]) => key));
  if (keys.size < tags.length) throw invalidTags('Duplicate tag keys');
  if (tags.length > MAX_TAGS) throw invalidTags(`A key can have up to ${MAX_TAGS} tags`);
  if (tags.some(([key]) => key === '' || key.toLowerCase().startsWith('aws:'))) {
    throw invalidTags("Tag keys must not be empty or start with 'aws:'");
  }
  return tags;
}

function invalidTags(message: string): ServiceError {
  return new ServiceError('TagException', message);
}
