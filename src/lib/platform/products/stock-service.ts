import type { Duration } from '@bufbuild/protobuf/wkt';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import type { Database } from '../../database/database.ts';
import { type Item, StockService } from '../rpc/pubsub/platform/v1/stock_pb.js';
import { checkKey, forServices, invalid } from '../service/rpc-calls.ts';
import { findProductsById } from './catalogue.ts';
import type { WantedItem } from './stock/reservation.ts';
import { reserve } from './stock/reserve.ts';
import { commit, release } from './stock/settle.ts';

/** Bounds of what a call may ask for. */
const MAX = { items: 50, ids: 100, expiryMs: 24 * 60 * 60 * 1000 };
const MIN_EXPIRY_MS = 1_000;
const USUAL_EXPIRY_MS = 15 * 60 * 1000;

/** Serves the stock to other services; `stock.proto` is the contract. */
export function stockService(database: Database): (router: ConnectRouter) => void {
  return (router) =>
    router.service(StockService, {
      reserve: forServices(async ({ key, items, expiresAfter }) => {
        const reserved = await reserve(database, {
          key: checkKey(key),
          items: wantedItems(items),
          expiresAfterMs: expiry(expiresAfter),
        });
        return {
          items: reserved.items.map((item) => ({ ...item, productId: BigInt(item.productId) })),
          total: reserved.total,
          expiresAt: timestampFromDate(reserved.expiresAt),
        };
      }),
      release: forServices(async ({ key }) => ({
        released: await release(database, checkKey(key)),
      })),
      commit: forServices(async ({ key }) => {
        await commit(database, checkKey(key));
        return {};
      }),
      getProducts: forServices(async ({ ids }) => {
        if (ids.length > MAX.ids) throw invalid(`At most ${MAX.ids} products at once.`);
        const rows = await findProductsById(database, ids.map(String));
        return {
          products: rows.map(({ id, name, price, available }) => ({
            ...{ id: BigInt(id), name, price, available },
          })),
        };
      }),
    });
}

function wantedItems(items: readonly Item[]): WantedItem[] {
  if (items.length < 1 || items.length > MAX.items) throw invalid(`1 to ${MAX.items} items.`);
  const ids = new Set(items.map(({ productId }) => productId));
  if (ids.size < items.length) throw invalid('Each product once.');
  return items.map(({ productId, quantity }) => {
    if (productId < 1n) throw invalid(`${productId} is no id of a product.`);
    if (quantity < 1) throw invalid(`${quantity} units of product ${productId}: 1 at least.`);
    return { productId: String(productId), quantity };
  });
}

/** Milliseconds, rounded up. */
function expiry(duration: Duration | undefined): number {
  if (duration === undefined) return USUAL_EXPIRY_MS;
  const ms = Math.ceil(Number(duration.seconds) * 1000 + duration.nanos / 1_000_000);
  if (ms >= MIN_EXPIRY_MS && ms <= MAX.expiryMs) return ms;
  throw invalid('expires_after must be from 1 second to 1 day.');
}
