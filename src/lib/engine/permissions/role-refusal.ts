import { evaluatePolicy, roleOfSession } from '../../rules/policy/index.ts';
import type { Identity } from '../identity.ts';
import type { EngineParts } from '../parts.ts';
import { rolePolicies } from '../services/cloudformation/role-policies.ts';
import type { CloudFormationState } from '../services/cloudformation/state.ts';
import type { SnsState } from '../services/sns/state.ts';
import { queueByArn, type SqsState } from '../services/sqs/state.ts';
import { roleSession } from '../services/sts/role-session.ts';
import { timeKeys } from '../time-keys.ts';
import { EXPLICIT_DENY } from './denied.ts';

/** What the judgement of a role's call needs of the engine. */
export interface RoleParts extends Pick<EngineParts, 'clock' | 'options' | 'roleNotes'> {
  readonly cloudformation: CloudFormationState;
  readonly sqs: SqsState;
  readonly sns: SnsState;
}

/** What is asked for. */
export interface Asked {
  /** As IAM writes it: `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys of the request. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Services that ask what a role of a stack may do. */
const JUDGED: ReadonlySet<string> = new Set(['dynamodb', 'logs', 'sns', 'sqs']);

/**
 * Why a role may not do something: what follows "… on resource: …" in AWS's errors, `{action}` standing for the
 * permission. Undefined where it may, where nobody can tell (see `rolePolicies`), and where policies only warn, which
 * notes it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function roleRefusal(
  parts: RoleParts,
  identity: Pick<Identity, 'role' | 'principalArn' | 'account' | 'region'>,
  asked: Asked,
): string | undefined {
  const { action, resource } = asked;
  if (identity.role === undefined || !JUDGED.has(action.split(':')[0] ?? '')) return undefined;
  const reason = judge(parts, identity, identity.role, asked);
  if (reason === undefined || parts.options.policies !== 'warn') return reason;
  const { principalArn } = identity;
  parts.roleNotes.add(`${principalArn} ${action} ${resource}`, {
    principalArn,
    action,
    resource,
    reason: reason.replace('{action}', action),
  });
  return undefined;
}

function judge(
  parts: RoleParts,
  { principalArn: arn, account, region }: Pick<Identity, 'principalArn' | 'account' | 'region'>,
  role: string,
  { action, resource, keys }: Asked,
): string | undefined {
  const found = rolePolicies(parts.cloudformation, role);
  if (found === undefined) return undefined;
  const request = {
    principal: { type: 'AWS' as const, arn, account },
    action,
    resource,
    context: {
      'aws:PrincipalAccount': account,
      'aws:RequestedRegion': region,
      'aws:SecureTransport': 'true',
      ...keys,
      ...timeKeys(parts.clock.timestamp()),
    },
  };
  const decisions = found.policies.map((policy) => evaluatePolicy(policy, request).decision);
  if (decisions.includes('deny')) return EXPLICIT_DENY;
  if (found.boundary !== undefined) {
    const { decision } = evaluatePolicy(found.boundary, request);
    if (decision === 'deny') return 'with an explicit deny in a permissions boundary';
    if (decision === 'none') return 'because no permissions boundary allows the {action} action';
  }
  if (decisions.includes('allow')) return undefined;
  // A policy that allows the whole account leaves it to the account's own policies.
  const principal = { ...request.principal, account: '' };
  const isOwn = resource.split(':')[4] === account;
  const given = isOwn
    ? evaluatePolicy(policyOf(parts, resource), { ...request, principal })
    : undefined;
  if (given?.decision === 'allow') return undefined;
  return 'because no identity-based policy allows the {action} action';
}

/** The policy of a queue or topic. */
function policyOf({ sqs, sns }: RoleParts, arn: string) {
  const found = arn.split(':')[2] === 'sqs' ? queueByArn(sqs, arn) : sns.topics.get(arn);
  return found?.settings.policy;
}

/** Whether a session of a role may do something with a queue. @param action without `sqs:`. */
export function mayUseQueue(
  parts: RoleParts,
  roleArn: string,
  sessionName: string,
  action: string,
  queueArn: string,
): boolean {
  const session = roleSession(roleArn, sessionName);
  if (session === undefined) return true;
  const { account, arn: principalArn } = session;
  const role = roleOfSession(principalArn);
  if (role === undefined) return true;
  const region = queueArn.split(':')[3] ?? '';
  const asked = { action: `sqs:${action}`, resource: queueArn, keys: {} };
  return roleRefusal(parts, { role, principalArn, account, region }, asked) === undefined;
}
