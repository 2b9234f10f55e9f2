import type { StoringService } from '../service/definition.ts';
import { PAYMENT_MIGRATIONS } from './migrations.ts';
import { paymentService } from './payment-service.ts';
import { paymentRoutes } from './routes.ts';

/** A stand-in for a provider of payments. */
export const payments: StoringService = {
  name: 'payments',
  migrations: PAYMENT_MIGRATIONS,
  async create({ database, authenticate }) {
    return { routes: paymentRoutes(database, authenticate), grpc: paymentService(database) };
  },
};
