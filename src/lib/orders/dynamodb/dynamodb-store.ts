import type { ClaimedEvent } from '../../outbox/outbox.ts';
import type { Publisher } from '../../publish/publisher.ts';
import type { FunctionStore } from '../order-store.ts';
import { announce } from './announce.ts';
import { changeOrder } from './change-order.ts';
import { createOrder, findKey } from './create-order.ts';
import { findOrders } from './find-orders.ts';
import type { OrderItem } from './order-item.ts';
import type { OrderItems } from './order-items.ts';
import { claimOverdue, readWaiting, SWEEP_SIZE } from './sweep.ts';

/** Milliseconds for which no request waits for a topic that could not be reached. */
const TOPIC_PAUSE_MS = 5_000;
/** Milliseconds between two looks for what others left behind, where the last one found less than it could take. */
const SWEEP_INTERVAL_MS = 10_000;

export interface DynamoDbStoreOptions {
  readonly items: OrderItems;
  readonly publisher: Publisher<ClaimedEvent>;
  /** Told that events could not be published, or that it could not be written down: they stay, and come again. */
  readonly onTrouble: (error: Error) => void;
}

/** Opens the orders of a table. Their events are published as soon as they are stored, and else by a later sweep. */
export function createDynamoDbStore(options: DynamoDbStoreOptions): FunctionStore {
  const { items, publisher, onTrouble } = options;
  let topicAwayUntil = 0;
  let sweepAfter = 0;

  const publish = async (orders: readonly OrderItem[]): Promise<number> => {
    if (orders.every(({ events }) => events.length === 0)) return 0;
    try {
      const { published, fatal, refused } = await announce(items, publisher, orders);
      if (fatal !== undefined) {
        onTrouble(fatal);
        topicAwayUntil = performance.now() + TOPIC_PAUSE_MS;
      } else if (refused > 0)
        onTrouble(new Error(`The topic refused events of ${refused} orders.`));
      return published;
    } catch (error) {
      onTrouble(error as Error);
      return 0;
    }
  };
  const publishOwn = async (item: OrderItem | undefined): Promise<void> => {
    if (item !== undefined && performance.now() >= topicAwayUntil) await publish([item]);
  };

  return {
    async create(order, key) {
      const item = await createOrder(items, order, key);
      await publishOwn(item);
      return item?.order;
    },
    async findAnswer(key) {
      const found = await findKey(items, key);
      await publishOwn(found?.item);
      return found?.answer;
    },
    async change(id, change) {
      const { outcome, item } = await changeOrder(items, id, change);
      await publishOwn(item);
      return outcome;
    },
    find: async (id) => (await items.read(id))?.order,
    list: (query) => findOrders(items, query),
    async sweep(isForced = false) {
      const now = performance.now();
      if (!isForced && now < Math.max(sweepAfter, topicAwayUntil)) return 0;
      sweepAfter = now + SWEEP_INTERVAL_MS;
      try {
        const claimed = await claimOverdue(items);
        // There is more: the next request takes its part.
        if (claimed.length === SWEEP_SIZE) sweepAfter = 0;
        return await publish(claimed);
      } catch (error) {
        onTrouble(error as Error);
        return 0;
      }
    },
    lag: () => readWaiting(items),
  };
}
