import {
  evaluatePolicy,
  type PolicyPrincipal,
  type PolicyRequest,
  type ResourcePolicy,
} from '../../../rules/policy/index.ts';
import type { RequestContext } from '../../action.ts';
import { timeKeys } from '../../time-keys.ts';
import { type Key, keyState } from './key.ts';
import { findKey } from './lookup.ts';
import type { KmsState } from './state.ts';

/** Why a key can't be used: what SNS and SQS name their errors after, and the reason. */
export interface KeyRefusal {
  readonly fault: 'NotFound' | 'InvalidState' | 'Disabled' | 'AccessDenied';
  readonly reason: string;
}

/** A use of the key that encrypts a queue or topic. */
export interface KeyUse {
  /** `KmsMasterKeyId`: key id, key ARN, alias or alias ARN. */
  readonly keyId: string;
  /** What is encrypted. */
  readonly encrypted: {
    readonly service: 'sqs' | 'sns';
    readonly arn: string;
    readonly account: string;
    readonly region: string;
  };
  readonly principal: PolicyPrincipal;
  /** Condition keys that say more of the principal. */
  readonly context: Readonly<Record<string, string>>;
  /** Permissions without `kms:`. */
  readonly actions: readonly string[];
  /** What restricts the principal's session. */
  readonly sessionPolicy?: ResourcePolicy | undefined;
}

/** What senders need: a fresh data key, or the one in use ("Configuring AWS KMS permissions", SQS Developer Guide). */
export const TO_SEND: readonly string[] = ['GenerateDataKey', 'Decrypt'];
/** What receivers need. */
export const TO_RECEIVE: readonly string[] = ['Decrypt'];

/**
 * Why SNS can't encrypt for a queue; undefined when it can. An AWS managed key lets only its own account's identities
 * in, and its policy can't be changed, so that SNS never gets at a queue with `alias/aws/sqs`.
 */
export function whyTopicCannotUse(
  state: KmsState,
  encrypted: KeyUse['encrypted'],
  keyId: string,
  topic: { readonly topicArn: string; readonly topicAccount: string },
): KeyRefusal | undefined {
  return whyUnusable(state, {
    keyId,
    encrypted,
    principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
    context: { 'aws:SourceArn': topic.topicArn, 'aws:SourceAccount': topic.topicAccount },
    actions: TO_SEND,
  });
}

/** Why the caller can't use the key of a queue or topic, through the service; undefined when it can. */
export function whyCallerCannotUse(
  ctx: RequestContext,
  encrypted: KeyUse['encrypted'],
  keyId: string,
  actions: readonly string[],
): KeyRefusal | undefined {
  const { principalArn: arn, account } = ctx;
  return whyUnusable(ctx.engine.kms, {
    keyId,
    encrypted,
    principal: { type: 'AWS', arn, account },
    context: { 'kms:CallerAccount': account },
    actions,
    sessionPolicy: ctx.sessionPolicy,
  });
}

function whyUnusable(state: KmsState, use: KeyUse): KeyRefusal | undefined {
  const { keyId, encrypted } = use;
  const key = findKey(state, keyId, encrypted);
  const what = `the key ${keyId} of ${encrypted.arn}`;
  if (key === undefined) return { fault: 'NotFound', reason: `${what} does not exist` };
  if (keyState(key) === 'PendingDeletion') {
    return { fault: 'InvalidState', reason: `${what} is pending deletion` };
  }
  if (!key.enabled) return { fault: 'Disabled', reason: `${what} is disabled` };
  for (const action of use.actions) {
    const how = whyDenied(state, key, use, action);
    if (how === undefined) continue;
    const reason = `${encrypted.arn} is encrypted with ${keyId}, ${how}`;
    return { fault: 'AccessDenied', reason };
  }
  return undefined;
}

/** How a policy keeps the principal from one action, as the end of a sentence; undefined when it doesn't. */
function whyDenied(state: KmsState, key: Key, use: KeyUse, action: string): string | undefined {
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
      ...timeKeys(state.parts.clock.now()),
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
