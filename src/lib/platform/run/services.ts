import { AppError } from '../../rules/errors.ts';
import type { ServiceDefinition } from '../service/definition.ts';
import type { ServiceName } from '../service/names.ts';

/** What each service is made of, such as `(await import('../auth/service.ts')).auth`; loaded when it runs. */
const DEFINITIONS: Partial<Record<ServiceName, () => Promise<ServiceDefinition>>> = {
  gateway: async () => (await import('../gateway/service.ts')).gatewayService,
  auth: async () => (await import('../auth/service.ts')).authService,
  users: async () => (await import('../users/users.ts')).users,
  products: async () => (await import('../products/products.ts')).products,
  payments: async () => (await import('../payments/payments.ts')).payments,
  orders: async () => (await import('../orders/orders.ts')).orders,
  notifications: async () => (await import('../notifications/notifications.ts')).notifications,
};

/** The services that run. */
export const SERVICES_THERE = Object.keys(DEFINITIONS) as readonly ServiceName[];

/** Loads a service. @throws AppError `ServiceMissing` */
export async function loadService(name: ServiceName): Promise<ServiceDefinition> {
  const load = DEFINITIONS[name];
  if (load !== undefined) return load();
  throw new AppError({
    code: 'ServiceMissing',
    message: `The service ${name} isn't part of this version.`,
    hint: `There are: ${SERVICES_THERE.join(', ')}.`,
  });
}
