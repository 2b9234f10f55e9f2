import { ServiceError } from '../../errors.ts';
import type { Identity } from '../../identity.ts';
import { type RoleParts, roleRefusal } from '../../permissions/role-refusal.ts';
import { sessionRefusal } from '../../permissions/session-refusal.ts';

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
  { now, roles }: TableJudgement,
): void {
  const { principalArn, account, region } = identity;
  const action = `dynamodb:${operation}`;
  const own = `arn:aws:dynamodb:${region}:${account}:table/`;
  for (const resource of resources(own, input)) {
    const asked = { action, resource, keys: {} };
    const ofRole = roles && roleRefusal(roles, identity, asked);
    const why = ofRole ?? sessionRefusal(identity, asked, now);
    if (why === undefined) continue;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why.replace('{action}', action)}`,
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
