import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { TargetIdentity } from '../config/target.ts';
import type { Aws } from './clients.ts';
import { isUnknownCall, toAppError } from './errors.ts';

/**
 * Who the credentials belong to (STS `GetCallerIdentity`, which needs no permission).
 * On an endpoint without STS the account stays unknown; anywhere else a failure is the caller's business.
 * @throws AppError when the target can't be reached or refuses the credentials.
 */
export async function identify(aws: Aws): Promise<TargetIdentity> {
  const place = { target: aws.kind, region: aws.region, endpoint: aws.endpoint };
  try {
    const { Account, Arn } = await aws.sts.send(new GetCallerIdentityCommand({}));
    return { ...place, account: Account, arn: Arn };
  } catch (error) {
    const failure = toAppError(error, 'find out who you are', aws);
    if (aws.kind === 'endpoint' && isUnknownCall(failure)) {
      return { ...place, account: undefined, arn: undefined };
    }
    throw failure;
  }
}
