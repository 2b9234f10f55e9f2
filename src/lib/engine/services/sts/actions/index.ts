import type {
  GetCallerIdentityResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@aws-sdk/client-sts';
import type { Action } from '../../../action.ts';
import { checkConstraints } from '../constraints.ts';
import type { StsContext } from '../context.ts';
import { issueCredentials } from '../credentials.ts';
import { assumeRole } from './assume-role.ts';

/** STS's actions by name. */
export const stsActions: Readonly<Record<string, Action>> = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
  GetSessionToken: getSessionToken,
};

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
function getCallerIdentity(_input: object, ctx: StsContext): GetCallerIdentityResponse {
  return { UserId: ctx.userId, Account: ctx.account, Arn: ctx.principalArn };
}

const DEFAULT_SECONDS = 12 * 60 * 60;

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
function getSessionToken(input: GetSessionTokenRequest, ctx: StsContext): GetSessionTokenResponse {
  const { DurationSeconds } = input;
  checkConstraints([{ name: 'durationSeconds', value: DurationSeconds, min: 900, max: 129_600 }]);
  const policy = ctx.state.session(ctx.accessKeyId)?.policy;
  const session = {
    account: ctx.account,
    arn: ctx.principalArn,
    userId: ctx.userId,
    ...(policy === undefined ? {} : { policy }),
  };
  return { Credentials: issueCredentials(ctx, session, DurationSeconds ?? DEFAULT_SECONDS) };
}
