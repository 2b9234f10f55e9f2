/** A product as anybody sees it. */
export interface Product {
  /** A whole number from 1. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Decimal text with two places. */
  readonly price: string;
  /** Units that can still be reserved. */
  readonly available: number;
  /** ISO 8601 with milliseconds. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** A product as those see it who look after the stock: `on_hand` is `available` and `reserved` together. */
export interface StockedProduct extends Product {
  readonly on_hand: number;
  readonly reserved: number;
}

/** What is said of a product that is to be. */
export interface NewProduct {
  readonly name: string;
  readonly description: string;
  /** Decimal text with two places. */
  readonly price: string;
  /** Units on hand. */
  readonly stock: number;
}

/** What is to be different; what is left out stays. */
export type ProductChange = { readonly [K in keyof NewProduct]?: NewProduct[K] | undefined };

/** The columns of a product as both drivers give them. */
export interface ProductRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly price: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly available: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The columns that make up a `ProductRow`. */
export const PRODUCT_COLUMNS =
  'id, name, description, price, on_hand, reserved, available, created_at, updated_at';

/** A product from its row, for anybody. */
export function productOf(row: ProductRow): Product {
  const { id, name, description, price, available, created_at, updated_at } = row;
  return {
    ...{ id: Number(id), name, description, price, available },
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

/** A product from its row, with its stock. */
export function stockedProductOf(row: ProductRow): StockedProduct {
  return { ...productOf(row), on_hand: row.on_hand, reserved: row.reserved };
}
