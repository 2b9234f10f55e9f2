import { evaluatePolicy } from '../../model/policy/index.ts';
import { timeKeys } from '../time-keys.ts';
import { keyState } from './key.ts';
import { findKey } from './lookup.ts';
import type { KmsState } from './state.ts';

/** Why a topic's message can't be encrypted for a queue: the code that SQS answers SNS with, and the reason. */
export interface KeyRefusal {
  readonly errorCode: string;
  readonly reason: string;
}

/** An encrypted queue and the topic that sends to it. */
export interface EncryptedDelivery {
  /** The queue's `KmsMasterKeyId`: key id, key ARN, alias or alias ARN. */
  readonly keyId: string;
  readonly queueArn: string;
  /** The queue's: where a key without account and region is looked for. */
  readonly account: string;
  readonly region: string;
  readonly topicArn: string;
  readonly topicAccount: string;
}

/** What the service needs of the key ("Configure KMS permissions for AWS services", SQS Developer Guide). */
const NEEDED = ['GenerateDataKey', 'Decrypt'] as const;

/**
 * Why SNS can't use a queue's key; undefined when it can. An AWS managed key lets only its own account's identities in,
 * and its policy can't be changed, so that SNS never gets at a queue with `alias/aws/sqs`. Codes are those of SQS's API
 * model.
 */
export function keyRefusal(state: KmsState, delivery: EncryptedDelivery): KeyRefusal | undefined {
  const { keyId, queueArn } = delivery;
  const key = findKey(state, keyId, delivery);
  if (key === undefined) {
    return {
      errorCode: 'KMS.NotFoundException',
      reason: `the key ${keyId} of ${queueArn} does not exist`,
    };
  }
  if (keyState(key) === 'PendingDeletion') {
    return {
      errorCode: 'KMS.InvalidStateException',
      reason: `the key ${keyId} of ${queueArn} is pending deletion`,
    };
  }
  if (!key.enabled) {
    return {
      errorCode: 'KMS.DisabledException',
      reason: `the key ${keyId} of ${queueArn} is disabled`,
    };
  }
  const now = state.parts.clock.now();
  for (const action of NEEDED) {
    const { decision, statement } = evaluatePolicy(key.policy, {
      principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
      action: `kms:${action}`,
      resource: key.arn,
      context: {
        'aws:SourceArn': delivery.topicArn,
        'aws:SourceAccount': delivery.topicAccount,
        'aws:SecureTransport': 'true',
        'kms:ViaService': `sqs.${delivery.region}.amazonaws.com`,
        'kms:EncryptionContext:aws:sqs:arn': queueArn,
        ...timeKeys(now),
      },
    });
    if (decision === 'allow') continue;
    const how =
      decision === 'deny'
        ? `denies sns.amazonaws.com kms:${action} in statement ${statement}`
        : `doesn't let sns.amazonaws.com use it: no statement allows kms:${action} for ${delivery.topicArn}`;
    return {
      errorCode: 'KMS.AccessDeniedException',
      reason: `${queueArn} is encrypted with ${keyId}, whose key policy ${how}`,
    };
  }
  return undefined;
}
