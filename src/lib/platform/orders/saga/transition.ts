import {
  FORWARD_STEPS,
  type OrderItem,
  type Saga,
  type SagaLogEntry,
  type SagaReason,
  type SagaStep,
  UNDO_STEPS,
  type UndoStep,
} from './saga.ts';

/** What became of one attempt at a step. */
export type StepOutcome =
  | { readonly kind: 'done'; readonly facts?: StepFacts }
  /** Certainly not done, and no attempt will be. */
  | { readonly kind: 'refused'; readonly reason: SagaReason; readonly detail: string }
  /** Nobody knows: it is done again with the same key. */
  | { readonly kind: 'unknown'; readonly error: string };

/** What a step found out. */
export interface StepFacts {
  readonly items?: readonly OrderItem[];
  readonly total?: string;
  readonly reservedUntil?: Date;
  readonly paymentId?: string;
}

/** What is written down after an attempt; what isn't named stays. */
export interface SagaChange extends StepFacts {
  readonly state: Saga['state'];
  readonly step: SagaStep;
  readonly attempts: number;
  readonly reason?: SagaReason;
  readonly detail?: string;
  /** Null where the last attempt went well. */
  readonly lastError: string | null;
  /** Milliseconds until the next attempt, without the lease; undefined to go on with it. */
  readonly delayMs?: number;
  readonly entry?: Omit<SagaLogEntry, 'at'>;
}

export interface TransitionRules {
  /** Milliseconds to wait after so many attempts that came to nothing, from 1. */
  readonly delayMs: (attempts: number) => number;
  /** Milliseconds since it began after which a saga without an order goes no further, and is undone. */
  readonly giveUpAfterMs: number;
  /** Attempts at undoing a step, after which a person is needed. */
  readonly undoAttempts: number;
}

/** Decides what comes after an attempt. @param ageMs milliseconds since the saga began. */
export function nextChange(
  saga: Saga,
  outcome: StepOutcome,
  ageMs: number,
  rules: TransitionRules,
): SagaChange {
  const isUndoing = saga.state === 'compensating';
  switch (outcome.kind) {
    case 'done':
      return { ...after(saga), ...outcome.facts };
    case 'refused':
      return isUndoing ? undoingFailed(saga, outcome.detail) : undo(saga, outcome);
    case 'unknown': {
      const attempts = saga.attempts + 1;
      if (isUndoing && attempts >= rules.undoAttempts) return undoingFailed(saga, outcome.error);
      // Once there is an order, only the end of its reservation ends the attempts to commit it.
      const isLate = !isUndoing && saga.orderId === null && ageMs >= rules.giveUpAfterMs;
      if (isLate) return undo(saga, { reason: 'timed_out', detail: outcome.error, outcome });
      const { state, step } = saga;
      const delayMs = rules.delayMs(attempts);
      return { state, step, attempts, lastError: outcome.error, delayMs };
    }
  }
}

/** The change that begins to undo a completed saga whose order was cancelled. */
export function cancellation(): SagaChange {
  return {
    ...{ state: 'compensating', step: 'refund', attempts: 0, lastError: null },
    reason: 'cancelled',
    entry: { step: 'cancel', outcome: 'done' },
  };
}

function after(saga: Saga): SagaChange {
  const { state, step } = saga;
  const entry = { step, outcome: 'done' } as const;
  const rest = { attempts: 0, lastError: null, entry };
  if (state === 'compensating') {
    const next = UNDO_STEPS[UNDO_STEPS.indexOf(step as UndoStep) + 1];
    if (next === undefined) return { ...rest, state: 'compensated', step };
    return { ...rest, state, step: next };
  }
  const next = FORWARD_STEPS[FORWARD_STEPS.indexOf(step as (typeof FORWARD_STEPS)[number]) + 1];
  if (next === undefined) return { ...rest, state: 'completed', step };
  return { ...rest, state, step: next };
}

function undo(
  saga: Saga,
  why: {
    readonly reason: SagaReason;
    readonly detail: string;
    readonly outcome?: StepOutcome;
  },
): SagaChange {
  const { reason, detail } = why;
  const outcome = why.outcome === undefined ? 'refused' : 'given_up';
  const rest = {
    ...{ attempts: 0, lastError: null, reason, detail },
    entry: { step: saga.step, outcome, detail },
  } as const;
  const first = firstUndo(saga, reason);
  if (first === undefined) return { ...rest, state: 'compensated', step: saga.step };
  return { ...rest, state: 'compensating', step: first };
}

/** Why units are certainly not set aside. */
const LEAVES_NOTHING: ReadonlySet<SagaReason> = new Set([
  'out_of_stock',
  'unknown_product',
  'invalid_items',
]);

/**
 * Where undoing begins. An earlier attempt at the same step may still be under way, so that what was refused is undone
 * as well where it was tried before: the other side remembers that, and refuses the late one.
 */
function firstUndo({ step, attempts, lease }: Saga, reason: SagaReason): UndoStep | undefined {
  switch (step) {
    case 'reserve':
      return attempts === 0 && lease === 1 && LEAVES_NOTHING.has(reason) ? undefined : 'release';
    case 'pay':
      return reason === 'payment_declined' ? 'release' : 'refund';
    case 'create':
      return 'refund';
    default:
      return 'cancel';
  }
}

function undoingFailed({ step }: Saga, error: string): SagaChange {
  return {
    ...{ state: 'compensation_failed', step, attempts: 0, lastError: error },
    entry: { step, outcome: 'given_up', detail: error },
  };
}
