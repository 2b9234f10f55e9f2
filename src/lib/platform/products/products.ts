import type { StoringService } from '../service/definition.ts';
import { repeat } from '../service/repeat.ts';
import { PRODUCT_MIGRATIONS } from './migrations.ts';
import { productRoutes } from './routes.ts';
import { expireReservations, forgetReservations } from './stock/expire.ts';
import { stockService } from './stock-service.ts';

/** Milliseconds between two looks for reservations whose time is over. */
const EXPIRY_PAUSE_MS = 1_000;

/** The catalogue and its stock. */
export const products: StoringService = {
  name: 'products',
  migrations: PRODUCT_MIGRATIONS,
  async create({ database, authenticate, log }) {
    return {
      routes: productRoutes(database, authenticate),
      grpc: stockService(database),
      start: async () => {
        const work = { name: 'expiry of reservations', pauseMs: EXPIRY_PAUSE_MS, log };
        return repeat(work, async (signal) => {
          await expireReservations(database, signal);
          await forgetReservations(database, signal);
        }).stop;
      },
    };
  },
};
