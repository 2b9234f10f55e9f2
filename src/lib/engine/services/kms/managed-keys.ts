import { randomUUID } from 'node:crypto';
import { parsePolicy } from '../../../rules/policy/index.ts';
import type { Key } from './key.ts';
import { type Alias, type KmsState, keyByArn, storeAlias, storeKey } from './state.ts';

/** Aliases of the keys that AWS manages in every account, with the service that uses each. */
const MANAGED: Readonly<Record<string, string>> = {
  'alias/aws/sns': 'sns',
  'alias/aws/sqs': 'sqs',
};

/** The aliases that exist in every account, also before their keys do. */
export const MANAGED_ALIASES: readonly string[] = Object.keys(MANAGED);

/**
 * The AWS managed key of an alias such as `alias/aws/sqs`, made when it is first asked for, as by `DescribeKey` on AWS;
 * undefined for other aliases.
 */
export function managedKey(
  state: KmsState,
  name: string,
  account: string,
  region: string,
): Key | undefined {
  const service = Object.hasOwn(MANAGED, name) ? MANAGED[name] : undefined;
  if (service === undefined) return undefined;
  const prefix = `arn:aws:kms:${region}:${account}:`;
  const alias = state.aliases.get(prefix + name);
  if (alias !== undefined) return keyByArn(state, alias.keyArn);
  const createdAt = state.parts.clock.timestamp();
  const id = randomUUID();
  const policyText = managedPolicy(service, account, region);
  const key: Key = {
    id,
    arn: `${prefix}key/${id}`,
    account,
    region,
    description: `Default key that protects my ${service.toUpperCase()} data when no other key is defined`,
    createdAt,
    manager: 'AWS',
    tags: [],
    enabled: true,
    deletionAt: undefined,
    policyText,
    policy: parsePolicy(policyText),
  };
  const made: Alias = { name, arn: prefix + name, keyArn: key.arn, createdAt };
  storeKey(state, key);
  storeAlias(state, made);
  return key;
}

/** Lets the account's own identities use the key through the service, and look at it. Nobody can change it. */
function managedPolicy(service: string, account: string, region: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow the account's identities to use the key through ${service}`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:ViaService': `${service}.${region}.amazonaws.com`,
            'kms:CallerAccount': account,
          },
        },
      },
      {
        Sid: 'Allow the account to look at the key',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  });
}
