import { passedOnHeaders } from '../service/request-context.ts';
import { type Answers, FALLBACK_HEADER } from './answers.ts';
import { TOTAL_TIMEOUT_MS } from './resilient-service.ts';
import { API_PREFIX } from './route-table.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** Products that are asked for at once. */
const AT_ONCE = 8;
/** The caller's orders with the products in them: what the gateway itself answers. */
export const MY_ORDERS = `${API_PREFIX}/me/orders`;
/** `x-fallback` where a part could not be had at all. */
export const PARTIAL = 'partial';

/** A page of orders, as the order service answers it. */
interface OrderPage {
  readonly orders: readonly Order[];
  readonly [field: string]: unknown;
}

interface Order {
  readonly items?: readonly { readonly product_id: number; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

/** A product, and where it comes from: `x-fallback` where it isn't the service's answer of now. */
interface FoundProduct {
  readonly product: unknown;
  readonly fallback: string | undefined;
}

/**
 * A caller's orders with the products of their items. While the product service is away the products are those that were
 * answered last, or null; `x-fallback` says so.
 * @param query of the page, with its `?`, or empty
 * @param headers of the caller that services get to see, with the token
 * @returns what the order service answers where that isn't a page
 * @throws Problem 502, 503 or 504 where the orders can't be had
 */
export async function readMyOrders(
  answers: Answers,
  query: string,
  headers: Readonly<Record<string, string>>,
): Promise<UpstreamAnswer> {
  const call = { method: 'GET', body: undefined, safe: true } as const;
  const passed = passedOnHeaders(TOTAL_TIMEOUT_MS);
  const page = await answers({
    ...call,
    service: 'orders',
    path: `/orders${query}`,
    headers: { ...headers, ...passed },
    fallback: false,
  });
  if (page.status !== 200) return page;
  const { orders, ...rest } = JSON.parse(page.body.toString()) as OrderPage;
  const ids = new Set(orders.flatMap(({ items = [] }) => items.map((item) => item.product_id)));
  const products = await readProducts([...ids], async (id) => {
    const { status, headers, body } = await answers({
      ...call,
      service: 'products',
      path: `/products/${id}`,
      headers: passed,
      fallback: true,
    });
    if (status !== 200) return { product: null, fallback: status === 404 ? undefined : PARTIAL };
    const fallback = headers[FALLBACK_HEADER];
    return {
      product: JSON.parse(body.toString()),
      fallback: typeof fallback === 'string' ? fallback : undefined,
    };
  });
  const withProducts = orders.map((order) => ({
    ...order,
    items: (order.items ?? []).map((item) => ({
      ...item,
      product: products.get(item.product_id)?.product ?? null,
    })),
  }));
  const fallback = worst([...products.values()].map((found) => found.fallback));
  return {
    status: 200,
    headers: { ...page.headers, ...(fallback && { [FALLBACK_HEADER]: fallback }) },
    body: Buffer.from(JSON.stringify({ orders: withProducts, ...rest })),
  };
}

/** Reads products, a few at once; one that can't be had keeps none of the others back. */
async function readProducts(
  ids: readonly number[],
  read: (id: number) => Promise<FoundProduct>,
): Promise<ReadonlyMap<number, FoundProduct>> {
  const found = new Map<number, FoundProduct>();
  const line = ids.values();
  const worker = async (): Promise<void> => {
    for (const id of line) {
      const missing = { product: null, fallback: PARTIAL };
      found.set(id, await read(id).catch(() => missing));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  return found;
}

function worst(fallbacks: readonly (string | undefined)[]): string | undefined {
  if (fallbacks.includes(PARTIAL)) return PARTIAL;
  return fallbacks.find((fallback) => fallback !== undefined);
}
