const ROLE_ARN = /^arn:[a-z-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** A session of a role. */
export interface RoleSession {
  /** Twelve digits. */
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string;
}

/** The session of a name that a role has; undefined for an ARN that is no role's. */
export function roleSession(roleArn: string, sessionName: string): RoleSession | undefined {
  const [, account, roleName] = ROLE_ARN.exec(roleArn) ?? [];
  if (account === undefined) return undefined;
  return { account, arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}` };
}
