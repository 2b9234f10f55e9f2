/** Who asks: an AWS identity by its ARN (empty for an unsigned request), or a service by its name. */
export interface PolicyPrincipal {
  readonly type: 'AWS' | 'Service';
  /** `arn:aws:iam::…`, `arn:aws:sts::…:assumed-role/R/session`; for a service `sns.amazonaws.com`. */
  readonly arn: string;
  /** Twelve digits; empty for a service. */
  readonly account: string;
}

/** What is asked of a policy. */
export interface PolicyRequest {
  readonly principal: PolicyPrincipal;
  /** `sqs:SendMessage`; case doesn't matter. */
  readonly action: string;
  /** ARN of the queue or topic. */
  readonly resource: string;
  /** Condition keys with their values; the keys' case doesn't matter. A list is a key of several values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

const ASSUMED_ROLE = /^(arn:[^:]*):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/;

/** The ARN of a session's role without the role's path, which a session's ARN doesn't tell; else undefined. */
export function roleOfSession(arn: string): string | undefined {
  const found = ASSUMED_ROLE.exec(arn);
  return found === null ? undefined : `${found[1]}:iam::${found[2]}:role/${found[3]}`;
}

/** Keys that follow from the principal, wherever the context doesn't give them. */
function derived(key: string, principal: PolicyPrincipal): string | undefined {
  const isService = principal.type === 'Service';
  switch (key) {
    case 'aws:principalisawsservice':
      return String(isService);
    case 'aws:principalservicename':
      return isService ? principal.arn : undefined;
    case 'aws:principalarn':
      return isService || principal.arn === ''
        ? undefined
        : (roleOfSession(principal.arn) ?? principal.arn);
    case 'aws:principalaccount':
      return isService || principal.account === '' ? undefined : principal.account;
    default:
      return undefined;
  }
}

/** The values of a condition key, which is given in lower case and as the policy writes it; undefined when absent. */
export function contextValues(
  request: PolicyRequest,
  lowerKey: string,
  writtenKey: string,
): readonly string[] | undefined {
  const { context } = request;
  let value = Object.hasOwn(context, writtenKey) ? context[writtenKey] : undefined;
  if (value === undefined) {
    for (const key of Object.keys(context)) {
      if (key.length === lowerKey.length && key.toLowerCase() === lowerKey) value = context[key];
    }
  }
  value ??= derived(lowerKey, request.principal);
  if (value === undefined) return undefined;
  return typeof value === 'string' ? [value] : value;
}
