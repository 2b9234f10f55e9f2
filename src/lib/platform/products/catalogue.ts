import type { Database } from '../../database/database.ts';
import { searchPatterns, searchText } from '../service/search-text.ts';
import {
  type NewProduct,
  PRODUCT_COLUMNS,
  type Product,
  type ProductChange,
  type ProductRow,
  productOf,
  type StockedProduct,
  stockedProductOf,
} from './product.ts';

/** Which products are asked for. */
export interface ProductQuery {
  /** Words that name or description have, all of them, without regard to case. */
  readonly q?: string | undefined;
  /** From 1. */
  readonly limit: number;
  /** Only products with a higher id: where the page before ended. */
  readonly after?: number | undefined;
}

/** A page of products, by their ids. */
export interface ProductPage {
  readonly products: readonly Product[];
  /** What `after` has to be for the next page; undefined on the last. */
  readonly next: number | undefined;
}

/** A page of the products that match; its cost doesn't grow with the pages before it. */
export async function findProducts(
  database: Database,
  { q = '', limit, after = 0 }: ProductQuery,
): Promise<ProductPage> {
  const { rows } = await database.query<ProductRow>(
    `select ${PRODUCT_COLUMNS} from products
      where id > $1::bigint and search_text like all ($2::text[]) order by id limit $3`,
    [after, searchPatterns(q), limit + 1],
  );
  const products = rows.slice(0, limit).map(productOf);
  return { products, next: rows.length > limit ? products.at(-1)?.id : undefined };
}

/** Products by their ids; those that aren't there are left out. @param ids as decimal text */
export async function findProductsById(
  database: Database,
  ids: readonly string[],
): Promise<ProductRow[]> {
  const { rows } = await database.query<ProductRow>(
    `select ${PRODUCT_COLUMNS} from products where id = any ($1::bigint[]) order by id`,
    [ids],
  );
  return rows;
}

/** Stores a product. */
export async function createProduct(
  database: Database,
  { name, description, price, stock }: NewProduct,
): Promise<StockedProduct> {
  const { rows } = await database.query<ProductRow>(
    `insert into products (name, description, search_text, price, on_hand, available)
      values ($1, $2, $3, $4, $5, $5) returning ${PRODUCT_COLUMNS}`,
    [name, description, searchText(`${name}\n${description}`), price, stock],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The database stored no product.');
  return stockedProductOf(row);
}

/** What became of a change of a product. */
export type ProductChangeOutcome =
  | { readonly kind: 'changed'; readonly product: StockedProduct }
  | { readonly kind: 'unknown' }
  /** More units are reserved than there would be; nothing was changed. */
  | { readonly kind: 'reserved'; readonly units: number };

/** Changes a product. Reservations made meanwhile keep their units and their price. */
export async function changeProduct(
  database: Database,
  id: number,
  { name, description, price, stock }: ProductChange,
): Promise<ProductChangeOutcome> {
  return database.transaction(async (tx) => {
    const { rows: before } = await tx.query<ProductRow>(
      `select ${PRODUCT_COLUMNS} from products where id = $1::bigint for no key update`,
      [id],
    );
    const [old] = before;
    if (old === undefined) return { kind: 'unknown' };
    const onHand = stock ?? old.on_hand;
    if (onHand < old.reserved) return { kind: 'reserved', units: old.reserved };
    const now = { name: name ?? old.name, description: description ?? old.description };
    const { rows } = await tx.query<ProductRow>(
      `update products set name = $2, description = $3, search_text = $4, price = $5, on_hand = $6,
          available = $6 - reserved, updated_at = greatest(now()::timestamptz(3), updated_at)
        where id = $1::bigint returning ${PRODUCT_COLUMNS}`,
      [
        ...[id, now.name, now.description, searchText(`${now.name}\n${now.description}`)],
        ...[price ?? old.price, onHand],
      ],
    );
    const [row = old] = rows;
    return { kind: 'changed', product: stockedProductOf(row) };
  });
}
