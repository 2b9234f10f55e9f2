import {
  evaluatePolicy,
  type PolicyPrincipal,
  type PolicyRequest,
  type ResourcePolicy,
} from '../../../rules/policy/index.ts';
import type { KeyCaller, KeyRefusal, KeyUse, SendingService } from '../../ports.ts';
import { timeKeys } from '../../time-keys.ts';
import { type Key, keyState } from './key.ts';
import { findKey } from './lookup.ts';
import type { KmsState } from './state.ts';

/** A use with all that a key's policy is asked about. */
interface PolicyUse extends KeyUse {
  readonly principal: PolicyPrincipal;
  /** Condition keys that say more of the principal. */
  readonly context: Readonly<Record<string, string>>;
  /** What restricts the principal's session. */
  readonly sessionPolicy?: ResourcePolicy | undefined;
}

/**
 * The permissions without `kms:` that a purpose needs. Senders need a fresh data key, or the one in use ("Configuring AWS
 * KMS permissions", SQS Developer Guide).
 */
const NEEDED: Readonly<Record<KeyUse['purpose'], readonly string[]>> = {
  send: ['GenerateDataKey', 'Decrypt'],
  receive: ['Decrypt'],
};

/**
 * Why a service can't encrypt for the queue or topic that it sends to; undefined when it can. An AWS managed key lets
 * only its own account's identities in, and its policy can't be changed, so that SNS never gets at a queue with
 * `alias/aws/sqs`.
 */
export function whyServiceCannotUse(
  state: KmsState,
  { service, sourceArn, account }: SendingService,
  use: KeyUse,
): KeyRefusal | undefined {
  return whyUnusable(state, {
    ...use,
    principal: { type: 'Service', arn: service, account: '' },
    context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account },
  });
}

/** Why the caller can't use the key of a queue or topic, through the service; undefined when it can. */
export function whyCallerCannotUse(
  state: KmsState,
  { principalArn: arn, account, sessionPolicy }: KeyCaller,
  use: KeyUse,
): KeyRefusal | undefined {
  return whyUnusable(state, {
    ...use,
    principal: { type: 'AWS', arn, account },
    context: { 'kms:CallerAccount': account },
    sessionPolicy,
  });
}

function whyUnusable(state: KmsState, use: PolicyUse): KeyRefusal | undefined {
  const { keyId, encrypted } = use;
  const key = findKey(state, keyId, encrypted);
  const what = `the key ${keyId} of ${encrypted.arn}`;
  if (key === undefined) return { fault: 'NotFound', reason: `${what} does not exist` };
  if (keyState(key) === 'PendingDeletion') {
    return { fault: 'InvalidState', reason: `${what} is pending deletion` };
  }
  if (!key.enabled) return { fault: 'Disabled', reason: `${what} is disabled` };
  for (const action of NEEDED[use.purpose]) {
    const how = whyDenied(state, key, use, action);
    if (how === undefined) continue;
    const reason = `${encrypted.arn} is encrypted with ${keyId}, ${how}`;
    return { fault: 'AccessDenied', reason };
  }
  return undefined;
}

/** How a policy keeps the principal from one action, as the end of a sentence; undefined when it doesn't. */
function whyDenied(state: KmsState, key: Key, use: PolicyUse, action: string): string | undefined {
  const { principal, encrypted, context } = use;
  const request: PolicyRequest = {
    principal,
    action: `kms:${action}`,
    resource: key.arn,
    context: {
      'aws:SecureTransport': 'true',
      'kms:ViaService': `${encrypted.service}.${encrypted.region}.amazonaws.com`,
      [`kms:EncryptionContext:aws:${encrypted.service}:arn`]: encrypted.arn,
      ...context,
      ...timeKeys(state.parts.clock.timestamp()),
    },
  };
  const { decision, statement } = evaluatePolicy(key.policy, request);
  if (decision === 'deny') {
    return `whose key policy denies ${principal.arn} kms:${action} in statement ${statement}`;
  }
  if (decision === 'none') {
    const source = context['aws:SourceArn'];
    const whatFor = source === undefined ? '' : ` for ${source}`;
    return `whose key policy doesn't let ${principal.arn} use it: no statement allows kms:${action}${whatFor}`;
  }
  const { sessionPolicy } = use;
  if (sessionPolicy === undefined) return undefined;
  const session = evaluatePolicy(sessionPolicy, request).decision;
  if (session === 'allow') return undefined;
  return `and the session policy of ${principal.arn} ${session === 'deny' ? 'denies' : "doesn't allow"} kms:${action}`;
}
