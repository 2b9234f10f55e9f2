import { evaluatePolicy } from '../../../rules/policy/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Identity } from '../../identity.ts';
import { timeKeys } from '../../time-keys.ts';

/**
 * Refuses a call that the caller's session policy doesn't allow. Everything else is allowed: the engine has no IAM.
 *
 * @param now milliseconds since the epoch.
 * @throws ServiceError `AccessDeniedException`
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function checkTablePermissions(
  { policy, principalArn, account, region }: Identity,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  now: number,
): void {
  if (policy === undefined) return;
  const action = `dynamodb:${operation}`;
  const own = `arn:aws:dynamodb:${region}:${account}:table/`;
  for (const resource of resources(own, input)) {
    const { decision } = evaluatePolicy(policy, {
      principal: { type: 'AWS', arn: principalArn, account },
      action,
      resource,
      context: { 'aws:RequestedRegion': region, 'aws:SecureTransport': 'true', ...timeKeys(now) },
    });
    if (decision === 'allow') continue;
    const why =
      decision === 'deny'
        ? 'with an explicit deny in an identity-based policy'
        : `because no session policy allows the ${action} action`;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    );
  }
}

/** ARNs of the tables and indexes that a call is about; `*` where it names none. */
function resources(own: string, input: Readonly<Record<string, unknown>>): string[] {
  const { TableName, IndexName, ResourceArn, RequestItems } = input;
  const arnOf = (name: string) => (name.startsWith('arn:') ? name : own + name);
  if (typeof ResourceArn === 'string') return [ResourceArn];
  if (typeof RequestItems === 'object' && RequestItems !== null) {
    return Object.keys(RequestItems).map(arnOf);
  }
  if (typeof TableName !== 'string') return ['*'];
  return [arnOf(TableName) + (typeof IndexName === 'string' ? `/index/${IndexName}` : '')];
}
