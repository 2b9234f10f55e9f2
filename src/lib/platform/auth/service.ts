import { freeClaims } from '../../outbox/outbox.ts';
import { outboxWriter } from '../../outbox/outbox-writer.ts';
import { type Relay, startRelay } from '../../outbox/relay.ts';
import type { ServiceContext, ServiceParts, StoringService } from '../service/definition.ts';
import { createMemoryCounters } from '../service/limits/counters.ts';
import { createRedisCounters } from '../service/limits/redis-counters.ts';
import { createAuth, readForms } from './auth.ts';
import { AUTH_MIGRATIONS } from './migrations.ts';
import { readProviders } from './oauth/providers.ts';
import type { SessionStore } from './session-store.ts';

/** Milliseconds between two rounds in which sessions that are over are forgotten. */
const TIDY_INTERVAL_MS = 15 * 60_000;

/**
 * The service that knows who people are. Besides what all services read it reads `SERVICE_SECRETS`
 * (`orders=<secret>,…`), `PUBLIC_URL`, the first administrator's `ADMIN_EMAIL` and `ADMIN_PASSWORD`, and the identity
 * providers of `OAUTH_PROVIDERS`.
 */
export const authService: StoringService = {
  name: 'auth',
  migrations: AUTH_MIGRATIONS,
  create: async (context) => createParts(context),
};

function createParts(context: ServiceContext): ServiceParts {
  const { database, environment, redis, authenticate } = context;
  const { variables } = environment;
  let relay: Relay | undefined;
  const auth = createAuth({
    database,
    counters: redis ? createRedisCounters(redis, 'auth:') : createMemoryCounters(),
    authenticate,
    publicUrl: (variables.PUBLIC_URL || environment.peers.gateway.url).replace(/\/+$/, ''),
    serviceSecrets: variables.SERVICE_SECRETS ?? '',
    providers: readProviders(variables),
    onEvent: () => relay?.wake(),
  });
  return {
    routes: auth.routes,
    extend: async (app) => readForms(app),
    start: async () => {
      await auth.addAdmin(variables.ADMIN_EMAIL, variables.ADMIN_PASSWORD);
      await freeClaims(context.database);
      relay = announce(context);
      const tidy = setInterval(() => {
        // What fails is tried again the next time.
        forgetAll(auth.sessions).catch(() => {});
      }, TIDY_INTERVAL_MS);
      return async () => {
        clearInterval(tidy);
        await relay?.stop();
      };
    },
  };
}

/** Forgets what is over, a step after the other. */
async function forgetAll({ forget }: SessionStore): Promise<void> {
  while ((await forget()) > 0);
}

/** Publishes the events of the outbox. */
function announce({ database, messaging, log }: ServiceContext): Relay {
  return startRelay({
    database,
    publisher: messaging.publisher('user-events', outboxWriter()),
    onTrouble: (what, error) => log.warn('Events wait', { what, reason: error.message }),
    onRecovered: (what) => log.info('Events are published again', { what }),
  });
}
