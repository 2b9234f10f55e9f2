import type {
  CancelKeyDeletionRequest,
  CancelKeyDeletionResponse,
  DisableKeyRequest,
  EnableKeyRequest,
  ScheduleKeyDeletionRequest,
  ScheduleKeyDeletionResponse,
} from '@aws-sdk/client-kms';
import type { KmsContext } from '../context.ts';
import { invalid, invalidState } from '../errors.ts';
import type { Key } from '../key.ts';
import { keyFor } from '../lookup.ts';
import { storeKey } from '../state.ts';

/** Days until a key is deleted ("PendingWindowInDays", API reference, `ScheduleKeyDeletion`). */
const WINDOW = { min: 7, max: 30, initial: 30 } as const;
const DAY = 24 * 60 * 60 * 1000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html */
export function enableKey({ KeyId = '' }: EnableKeyRequest, ctx: KmsContext): void {
  setEnabled(ctx, keyFor(ctx, KeyId, 'EnableKey'), true);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html */
export function disableKey({ KeyId = '' }: DisableKeyRequest, ctx: KmsContext): void {
  setEnabled(ctx, keyFor(ctx, KeyId, 'DisableKey'), false);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
export function scheduleKeyDeletion(
  input: ScheduleKeyDeletionRequest,
  ctx: KmsContext,
): ScheduleKeyDeletionResponse {
  const { KeyId = '', PendingWindowInDays: days = WINDOW.initial } = input;
  if (days < WINDOW.min || days > WINDOW.max) {
    throw invalid(`PendingWindowInDays must be between ${WINDOW.min} and ${WINDOW.max} days`);
  }
  const key = keyFor(ctx, KeyId, 'ScheduleKeyDeletion');
  refusePendingDeletion(key);
  key.deletionAt = ctx.clock.now() + days * DAY;
  storeKey(ctx.state, key);
  return {
    KeyId: key.arn,
    DeletionDate: new Date(ctx.clock.timestamp(key.deletionAt)),
    KeyState: 'PendingDeletion',
    PendingWindowInDays: days,
  };
}

/** The key is disabled afterwards. https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html */
export function cancelKeyDeletion(
  { KeyId = '' }: CancelKeyDeletionRequest,
  ctx: KmsContext,
): CancelKeyDeletionResponse {
  const key = keyFor(ctx, KeyId, 'CancelKeyDeletion');
  if (key.deletionAt === undefined) throw invalidState(key.arn, 'not pending deletion');
  key.deletionAt = undefined;
  key.enabled = false;
  storeKey(ctx.state, key);
  return { KeyId: key.arn };
}

function setEnabled(ctx: KmsContext, key: Key, enabled: boolean): void {
  refusePendingDeletion(key);
  key.enabled = enabled;
  storeKey(ctx.state, key);
}

function refusePendingDeletion(key: Key): void {
  if (key.deletionAt !== undefined) throw invalidState(key.arn, 'pending deletion');
}
