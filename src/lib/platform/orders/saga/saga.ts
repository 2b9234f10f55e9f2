/** What a saga does, in this order. */
export const FORWARD_STEPS = ['reserve', 'pay', 'create', 'commit'] as const;
/** What undoes it, in this order. */
export const UNDO_STEPS = ['cancel', 'refund', 'release'] as const;

export type ForwardStep = (typeof FORWARD_STEPS)[number];
export type UndoStep = (typeof UNDO_STEPS)[number];
export type SagaStep = ForwardStep | UndoStep;

/**
 * `running`: on its way to an order. `completed`: there is an order, paid, and its units are sold. `compensating`: what
 * was done is being undone. `compensated`: no order stands, and nothing is left of it. `compensation_failed`: something
 * could not be undone, and waits for a person.
 */
export const SAGA_STATES = [
  'running',
  'completed',
  'compensating',
  'compensated',
  'compensation_failed',
] as const;
export type SagaState = (typeof SAGA_STATES)[number];

/** Why a saga ends without an order. */
export type SagaReason =
  | 'out_of_stock'
  | 'unknown_product'
  | 'invalid_items'
  | 'total_too_large'
  | 'payment_declined'
  | 'invalid_payment'
  | 'reservation_lost'
  | 'timed_out'
  | 'cancelled';

/** Units of a product that somebody wants. */
export interface WantedItem {
  readonly product_id: number;
  readonly quantity: number;
}

/** An item with the price at which it was reserved. */
export interface OrderItem extends WantedItem {
  /** Of one unit; decimal text with two places. */
  readonly price: string;
}

/** What happened to a saga, and when. */
export interface SagaLogEntry {
  readonly step: SagaStep;
  readonly outcome: 'done' | 'refused' | 'given_up' | 'retried';
  readonly detail?: string | undefined;
  /** ISO 8601 with milliseconds. */
  readonly at: string;
}

/** An order on its way, as it is stored. */
export interface Saga {
  /** A UUID. */
  readonly id: string;
  readonly number: number;
  readonly userId: number;
  /** With prices once they are reserved. */
  readonly items: readonly (WantedItem & Partial<OrderItem>)[];
  readonly paymentMethod: string;
  readonly requestHash: string | null;
  readonly traceparent: string | null;
  readonly state: SagaState;
  /** The step in hand: it may have been done already, and is done again with the same key. */
  readonly step: SagaStep;
  /** How often the step in hand came to nothing. */
  readonly attempts: number;
  /** Tells this claim from every other one. */
  readonly lease: number;
  readonly reason: SagaReason | null;
  readonly detail: string | null;
  readonly lastError: string | null;
  /** Decimal text with two places, once it is known. */
  readonly total: string | null;
  readonly reservedUntil: Date | null;
  readonly paymentId: string | null;
  /** Once there is an order. */
  readonly orderId: number | null;
  /** The id that the order will have; null of a saga that a process of an earlier version began. */
  readonly plannedOrderId: number | null;
  /** The order as JSON, as it was when it was created. */
  readonly answer: string | null;
  readonly log: readonly SagaLogEntry[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The key that a step has with the service that it asks: undoing names what was done. */
export function stepKey({ id }: Pick<Saga, 'id'>, step: 'reserve' | 'pay'): string {
  return `${id}:${step}`;
}

/** Whether nothing of a saga happens any more by itself. */
export function isEnded({ state }: Pick<Saga, 'state'>): boolean {
  return state !== 'running' && state !== 'compensating';
}
