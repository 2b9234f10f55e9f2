import type {
  GetKeyPolicyRequest,
  GetKeyPolicyResponse,
  PutKeyPolicyRequest,
} from '@aws-sdk/client-kms';
import { InvalidPolicy, parsePolicy, type ResourcePolicy } from '../../../../rules/policy/index.ts';
import { allows } from '../authorize.ts';
import type { KmsContext } from '../context.ts';
import { invalidState, malformedPolicy, notFound } from '../errors.ts';
import { keyFor } from '../lookup.ts';
import { storeKey } from '../state.ts';

/** The only policy that a key has. */
const NAME = 'default';
/** "The key policy document can be up to 32 KB" (API reference, `PutKeyPolicy`). */
const MAX_BYTES = 32_768;

/**
 * What a key gets that is created without a policy through the API: the account may do everything, and no service
 * anything ("Default key policy", KMS Developer Guide).
 */
export function defaultKeyPolicy(account: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    undefined,
    2,
  );
}

/**
 * Reads a policy that is to become a key's.
 *
 * @param bypass whether the caller may lock itself out
 * @throws ServiceError `MalformedPolicyDocumentException`
 */
export function readKeyPolicy(
  ctx: KmsContext,
  text: string,
  keyArn: string,
  bypass: boolean,
): ResourcePolicy {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw malformedPolicy(`The policy is larger than ${MAX_BYTES} bytes`);
  }
  let policy: ResourcePolicy;
  try {
    policy = parsePolicy(text);
  } catch (error) {
    if (error instanceof InvalidPolicy) throw malformedPolicy(error.message);
    throw error;
  }
  if (!bypass && !allows(ctx, policy, keyArn, 'PutKeyPolicy')) {
    throw malformedPolicy(
      'The new key policy will not allow you to update the key policy in the future.',
    );
  }
  return policy;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
export function getKeyPolicy(
  { KeyId = '', PolicyName = NAME }: GetKeyPolicyRequest,
  ctx: KmsContext,
): GetKeyPolicyResponse {
  const key = keyFor(ctx, KeyId, 'GetKeyPolicy');
  if (PolicyName !== NAME) throw noSuchPolicy();
  return { Policy: key.policyText, PolicyName };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
export function putKeyPolicy(input: PutKeyPolicyRequest, ctx: KmsContext): void {
  const { KeyId = '', PolicyName = NAME, Policy = '', BypassPolicyLockoutSafetyCheck } = input;
  const key = keyFor(ctx, KeyId, 'PutKeyPolicy');
  if (PolicyName !== NAME) throw noSuchPolicy();
  if (key.deletionAt !== undefined) throw invalidState(key.arn, 'pending deletion');
  key.policy = readKeyPolicy(ctx, Policy, key.arn, BypassPolicyLockoutSafetyCheck === true);
  key.policyText = Policy;
  storeKey(ctx.state, key);
}

function noSuchPolicy() {
  return notFound('No such policy exists');
}
