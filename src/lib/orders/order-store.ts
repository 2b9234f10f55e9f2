import type { OutboxLag } from '../outbox/outbox-counts.ts';
import type { NewOrder, Order, OrderChange, OrderStatus } from './order.ts';

/** A client's name for a request, so that a repeated one is answered as the first was. */
export interface IdempotencyKey {
  readonly key: string;
  /** Tells one request's content from another's. */
  readonly hash: string;
}

/** What the first request with a key was, and the answer to it. */
export interface StoredAnswer {
  readonly hash: string;
  readonly status: number;
  readonly body: string;
}

/** What became of a change. */
export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly order: Order; readonly announced: boolean }
  | { readonly kind: 'unknown' }
  /** The order can't go from its status to the one that was asked for; nothing was changed. */
  | { readonly kind: 'refused'; readonly from: OrderStatus };

/** Which orders are asked for. */
export interface OrderQuery {
  readonly user_id?: number | undefined;
  readonly status?: OrderStatus | undefined;
  /** Only orders with a lower id: where the page before ended. */
  readonly before?: number | undefined;
  /** From 1. */
  readonly limit: number;
}

/** A page of orders, the newest first. */
export interface OrderPage {
  readonly orders: readonly Order[];
  /** What `before` has to be for the next page; undefined on the last. */
  readonly next: number | undefined;
}

/** Where the API keeps its orders, each with the events that tell of it: both are stored, or neither. */
export interface OrderStore {
  /**
   * Stores an order and its event; when it resolves, both are kept.
   * @param traceparent of the request, which the event's message belongs to.
   * @returns undefined where the key was used before: nothing is stored.
   * @throws the store's error; where no answer came, the order may be stored all the same
   */
  create(order: NewOrder, key?: IdempotencyKey, traceparent?: string): Promise<Order | undefined>;
  /** The answer that was given to a key's first request; undefined where there was none. */
  findAnswer(key: IdempotencyKey): Promise<StoredAnswer | undefined>;
  /**
   * Changes an order and, where its status changed, stores the event: both or nothing.
   * @param traceparent as for `create`.
   * @throws OrderBusyError where others change it all the time
   */
  change(id: number, change: OrderChange, traceparent?: string): Promise<ChangeOutcome>;
  /** The order with this id; undefined where there is none. */
  find(id: number): Promise<Order | undefined>;
  /** A page of the orders that match. */
  list(query: OrderQuery): Promise<OrderPage>;
}

/** A store that publishes by itself: beside a function there is no relay. */
export interface FunctionStore extends OrderStore {
  /**
   * Publishes what others left behind: one request to the topic at the most, and none where a short while ago there was
   * nothing to do or the topic was away. Never throws.
   * @param isForced looks at once.
   * @returns how many events it published.
   */
  sweep(isForced?: boolean): Promise<number>;
  /** How much waits. */
  lag(): Promise<OutboxLag>;
}

/** Somebody else holds what a request would change. */
export class OrderBusyError extends Error {
  override name = 'OrderBusyError';
}
