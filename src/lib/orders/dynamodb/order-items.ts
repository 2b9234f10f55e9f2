import { putItemIf, readItem, type TableAccess } from '../../aws/table-access.ts';
import { type OrderItem, orderItemValues, orderKey, readOrderItem } from './order-item.ts';

/** The orders of one table, item by item. */
export interface OrderItems {
  readonly aws: TableAccess;
  readonly table: string;
  /** An order with its events; undefined where there is none. */
  read(id: number): Promise<OrderItem | undefined>;
  /** Writes a new order. @returns false where there is one with its id */
  add(item: OrderItem): Promise<boolean>;
  /**
   * Writes an order anew, as it was read but for `change`.
   * @returns the item as it is now; undefined where it was written meanwhile
   */
  replace(item: OrderItem, change: Partial<OrderItem>): Promise<OrderItem | undefined>;
}

/** @param table name of the table, which is as `ORDERS_TABLE` says */
export function createOrderItems(aws: TableAccess, table: string): OrderItems {
  return {
    aws,
    table,
    async read(id) {
      const found = await readItem(aws, table, orderKey(id));
      return found && readOrderItem(found);
    },
    add: (item) =>
      putItemIf(aws, table, orderItemValues(item), { expression: 'attribute_not_exists(pk)' }),
    async replace(item, change) {
      const next = { ...item, ...change, version: item.version + 1 };
      const isWritten = await putItemIf(aws, table, orderItemValues(next), {
        expression: 'version = :version',
        values: { ':version': item.version },
      });
      return isWritten ? next : undefined;
    },
  };
}
