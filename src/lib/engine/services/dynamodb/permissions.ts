import { evaluatePolicy } from '../../../rules/policy/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Identity } from '../../identity.ts';
import { type RoleParts, roleRefusal } from '../../permissions/role-refusal.ts';
import { timeKeys } from '../../time-keys.ts';

/** What a call is judged with. */
export interface TableJudgement {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What judges the calls of roles; undefined for calls of the engine's own. */
  readonly roles: RoleParts | undefined;
}

/**
 * Refuses a call that the caller's session policy or the policies of its role don't allow. Everything else is allowed:
 * the engine has no IAM.
 *
 * @throws ServiceError `AccessDeniedException`
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function checkTablePermissions(
  identity: Identity,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  judgement: TableJudgement,
): void {
  const { principalArn, account, region } = identity;
  const action = `dynamodb:${operation}`;
  const own = `arn:aws:dynamodb:${region}:${account}:table/`;
  for (const resource of resources(own, input)) {
    const why = refusalOf(identity, action, resource, judgement);
    if (why === undefined) continue;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why.replace('{action}', action)}`,
    );
  }
}

function refusalOf(
  identity: Identity,
  action: string,
  resource: string,
  { now, roles }: TableJudgement,
): string | undefined {
  const { policy, principalArn, account, region } = identity;
  const ofRole = roles && roleRefusal(roles, identity, { action, resource, keys: {} });
  if (ofRole !== undefined || policy === undefined) return ofRole;
  const { decision } = evaluatePolicy(policy, {
    principal: { type: 'AWS', arn: principalArn, account },
    action,
    resource,
    context: { 'aws:RequestedRegion': region, 'aws:SecureTransport': 'true', ...timeKeys(now) },
  });
  if (decision === 'allow') return undefined;
  return decision === 'deny'
    ? 'with an explicit deny in an identity-based policy'
    : 'because no session policy allows the {action} action';
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
