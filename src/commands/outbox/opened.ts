import type { OrderOutboxStatus } from '../../lib/orders/order-outbox.ts';
import type { RetriedEvent } from '../../lib/outbox/outbox-counts.ts';

/** An outbox, wherever it is kept. */
export interface Outbox {
  /** Where, for people. */
  readonly place: string;
  /** Whether a server answers for it, which publishes what is due. */
  readonly served: boolean;
  status(shown: number): Promise<OrderOutboxStatus>;
  retry(ids: readonly string[] | undefined): Promise<readonly RetriedEvent[]>;
  close(): Promise<void>;
}
