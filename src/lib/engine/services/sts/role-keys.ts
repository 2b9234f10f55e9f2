import type { EngineParts } from '../../parts.ts';
import type { RoleKeys } from '../../ports.ts';
import { issueCredentials } from './credentials.ts';
import { roleSession } from './role-session.ts';
import type { StsState } from './state.ts';
import { roleId } from './unique-ids.ts';

/**
 * Keys for what a service does as a role of the user's. @param seconds how long they hold.
 * @throws Error for an ARN that is no role's.
 */
export function roleKeys(
  state: StsState,
  { clock }: Pick<EngineParts, 'clock'>,
  roleArn: string,
  sessionName: string,
  seconds: number,
): RoleKeys {
  const session = roleSession(roleArn, sessionName);
  if (session === undefined) throw new Error(`${roleArn} is not a role's ARN`);
  const userId = `${roleId(roleArn)}:${sessionName}`;
  const keys = issueCredentials({ clock, state }, { ...session, userId }, seconds);
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = keys;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expires: state.session(AccessKeyId)?.expires ?? 0,
  };
}
