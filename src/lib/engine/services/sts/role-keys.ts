import type { EngineParts } from '../../parts.ts';
import type { RoleKeys } from '../../ports.ts';
import { issueCredentials } from './credentials.ts';
import type { StsState } from './state.ts';
import { roleId } from './unique-ids.ts';

const ROLE_ARN = /^arn:[a-z-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

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
  const [, account, roleName] = ROLE_ARN.exec(roleArn) ?? [];
  if (account === undefined) throw new Error(`${roleArn} is not a role's ARN`);
  const arn = `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`;
  const userId = `${roleId(roleArn)}:${sessionName}`;
  const keys = issueCredentials({ clock, state }, { account, arn, userId }, seconds);
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = keys;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expires: state.session(AccessKeyId)?.expires ?? 0,
  };
}
