import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { InvalidPolicy } from '../../../../rules/policy/index.ts';
import { ServiceError } from '../../../errors.ts';
import { parseIdentityPolicy } from '../../../permissions/identity-policy.ts';
import { checkConstraints } from '../constraints.ts';
import type { StsContext } from '../context.ts';
import { issueCredentials } from '../credentials.ts';
import { roleId } from '../unique-ids.ts';

const ROLE_ARN = /^arn:[a-z-]+:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/;
const DEFAULT_SECONDS = 3600;
/** Characters of a session policy (API reference, `AssumeRole`). */
const MAX_POLICY = 2048;

/**
 * Gives temporary keys for a role. Any role of any account exists and may be assumed by anyone. What it allows its stack
 * says; a role that no stack has made allows everything. A session policy restricts the session, as on AWS.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(input: AssumeRoleRequest, ctx: StsContext): AssumeRoleResponse {
  const { RoleArn = '', RoleSessionName = '', SourceIdentity } = input;
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  checkConstraints([
    { name: 'roleArn', value: RoleArn, min: 20, max: 2048 },
    {
      name: 'roleSessionName',
      value: RoleSessionName,
      min: 2,
      max: 64,
      pattern: /^[\w+=,.@-]*$/,
      patternText: '[\\w+=,.@-]*',
    },
    { name: 'durationSeconds', value: input.DurationSeconds, min: 900, max: 43_200 },
    { name: 'policy', value: input.Policy, min: 1, max: MAX_POLICY },
    {
      name: 'sourceIdentity',
      value: SourceIdentity,
      min: 2,
      max: 64,
      pattern: /^[\w+=,.@-]*$/,
      patternText: '[\\w+=,.@-]*',
    },
  ]);
  const [, account, roleName] = ROLE_ARN.exec(RoleArn) ?? [];
  if (account === undefined || roleName === undefined) {
    throw new ServiceError('ValidationError', `${RoleArn} is invalid`);
  }
  if (input.Policy !== undefined) checkPolicy(input.Policy);
  const arn = `arn:aws:sts::${account}:assumed-role/${roleName}/${RoleSessionName}`;
  const userId = `${roleId(RoleArn)}:${RoleSessionName}`;
  return {
    Credentials: issueCredentials(
      ctx,
      { account, arn, userId, ...(input.Policy === undefined ? {} : { policy: input.Policy }) },
      seconds,
    ),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    ...(SourceIdentity === undefined ? {} : { SourceIdentity }),
  };
}

/** @throws ServiceError `MalformedPolicyDocument` */
function checkPolicy(text: string): void {
  try {
    parseIdentityPolicy(text);
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    throw new ServiceError('MalformedPolicyDocument', error.message);
  }
}
