import { backoffDelay } from '../../aws/backoff.ts';
import { freeLeases } from '../../database/free-leases.ts';
import { MIGRATIONS } from '../../orders/migrations.ts';
import { orderEvents } from '../../orders/order-publisher.ts';
import { freeClaims } from '../../outbox/outbox.ts';
import { type Relay, startRelay } from '../../outbox/relay.ts';
import type { ServiceContext, ServiceParts, StoringService } from '../service/definition.ts';
import { repeat } from '../service/repeat.ts';
import { orderRoutes } from './order-routes.ts';
import { createPeers, type SagaPeers } from './saga/peers.ts';
import { createSagaRunner } from './saga/runner.ts';
import { forgetSagaKeys } from './saga/saga-store.ts';
import type { TransitionRules } from './saga/transition.ts';
import { sagaRoutes } from './saga-routes.ts';

/** How long things take. */
export interface OrderTiming extends TransitionRules {
  /** Seconds for which a saga is kept from other processes: longer than a call to another service may take. */
  readonly leaseSeconds: number;
  /** Milliseconds for which units are set aside. */
  readonly reserveForMs: number;
  /** Milliseconds that a reservation has to last at least when its order is created. */
  readonly reserveMarginMs: number;
  /** Milliseconds that somebody waits for an order who names no deadline, and at the most. */
  readonly waitMs: number;
}

const MINUTE_MS = 60_000;
const BACKOFF = { first: 200, most: 30_000 };

/** Units are set aside for so long that an order which was created can be waited for to be sold. */
const TIMING: OrderTiming = {
  leaseSeconds: 15,
  reserveForMs: 120 * MINUTE_MS,
  reserveMarginMs: 60 * MINUTE_MS,
  waitMs: 10_000,
  giveUpAfterMs: 10 * MINUTE_MS,
  // About half an hour.
  undoAttempts: 70,
  delayMs: (attempts) => backoffDelay(BACKOFF, attempts),
};

/** Milliseconds between two looks for keys that are old enough to be forgotten. */
const FORGET_PAUSE_MS = 15 * MINUTE_MS;

/** Orders, each made by a saga over products and payments. */
export const orders: StoringService = {
  name: 'orders',
  migrations: MIGRATIONS,
  create: (context) => createOrders(context),
};

/** Puts the service together. @param overrides of the usual times. */
export async function createOrders(
  context: Pick<ServiceContext, 'database' | 'authenticate' | 'log' | 'grpc' | 'messaging'>,
  overrides: Partial<OrderTiming> = {},
): Promise<ServiceParts> {
  const { database, authenticate, log, messaging } = context;
  const timing = { ...TIMING, ...overrides };
  await freeClaims(database);
  await freeLeases(database, 'sagas', "state in ('running', 'compensating')");
  let relay: Relay | undefined;
  const onEvent = () => relay?.wake();
  const peers: SagaPeers = createPeers({
    products: context.grpc('products'),
    payments: context.grpc('payments'),
    reserveForMs: timing.reserveForMs,
  });
  const runner = createSagaRunner({ ...timing, rules: timing, database, peers, log, onEvent });
  return {
    routes: [
      ...orderRoutes({ ...timing, database, runner, authenticate, onEvent }),
      ...sagaRoutes({ database, authenticate, onDue: () => runner.wake() }),
    ],
    start: async () => {
      relay = startRelay({
        database,
        publisher: messaging.publisher('shop-events', orderEvents),
        onTrouble: (what, { message }) => log.warn('events wait', { away: what, reason: message }),
        onRecovered: (what) => log.info('events get through again', { back: what }),
      });
      runner.start();
      const forgetting = repeat(
        { name: 'forgetting of keys', pauseMs: FORGET_PAUSE_MS, log },
        (signal) => forgetSagaKeys(database, signal),
      );
      return async () => {
        await forgetting.stop();
        await runner.stop();
        await relay?.stop();
      };
    },
  };
}
