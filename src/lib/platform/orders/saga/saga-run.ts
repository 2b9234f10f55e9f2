import type { Database } from '../../../database/database.ts';
import { cancelOrder } from '../change-status.ts';
import { createOrder } from './create-order.ts';
import type { SagaPeers } from './peers.ts';
import type { Saga } from './saga.ts';
import { writeChange } from './saga-rows.ts';
import { nextChange, type StepOutcome, type TransitionRules } from './transition.ts';

/** What the steps of a saga work with. */
export interface StepContext {
  readonly database: Database;
  readonly peers: SagaPeers;
  readonly rules: TransitionRules;
  /** Seconds for which a claim is kept; longer than any attempt at a step may take. */
  readonly leaseSeconds: number;
  /** Milliseconds that a reservation has to last at least when its order is created. */
  readonly reserveMarginMs: number;
}

/**
 * Makes one attempt at the step in hand, and writes down what came of it.
 * @returns the saga as it is now; undefined where another has taken it up
 * @throws what the database fails with: it may be written down all the same
 */
export async function runStep(context: StepContext, saga: Saga): Promise<Saga | undefined> {
  const { database, rules, leaseSeconds } = context;
  const outcome = await attempt(context, saga);
  const change = nextChange(saga, outcome, Date.now() - saga.createdAt.getTime(), rules);
  if (outcome.kind !== 'done') return writeChange(database, saga, change, leaseSeconds);
  if (saga.step === 'create') return createOrder(database, saga, change, leaseSeconds);
  if (saga.step === 'cancel') return cancel(context, saga);
  return writeChange(database, saga, change, leaseSeconds);
}

async function attempt({ peers, reserveMarginMs }: StepContext, saga: Saga): Promise<StepOutcome> {
  switch (saga.step) {
    case 'create': {
      const left = (saga.reservedUntil?.getTime() ?? 0) - Date.now();
      if (left >= reserveMarginMs) return { kind: 'done' };
      const detail = 'The units are not reserved for long enough any more.';
      return { kind: 'refused', reason: 'reservation_lost', detail };
    }
    // What they do is in this database: it is done where it is written down.
    case 'cancel':
      return { kind: 'done' };
    default:
      return peers[saga.step](saga);
  }
}

async function cancel(
  { database, rules, leaseSeconds }: StepContext,
  saga: Saga,
): Promise<Saga | undefined> {
  return database
    .transaction(async (tx) => {
      const stuckAt = saga.orderId === null ? undefined : await cancelOrder(tx, saga.orderId);
      const outcome: StepOutcome =
        stuckAt === undefined
          ? { kind: 'done' }
          : {
              kind: 'refused',
              reason: 'reservation_lost',
              detail: `The order is ${stuckAt}: it can't be cancelled.`,
            };
      // Rolled back with the order where another has taken the saga up.
      const written = await writeChange(
        tx,
        saga,
        nextChange(saga, outcome, 0, rules),
        leaseSeconds,
      );
      if (written === undefined) throw new LostSagaError();
      return written;
    })
    .catch((error: unknown) => {
      if (error instanceof LostSagaError) return undefined;
      throw error;
    });
}

class LostSagaError extends Error {}
