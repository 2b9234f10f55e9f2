import type { Handler } from '../../consume/handling.ts';
import type { Database } from '../../database/database.ts';
import type { StoringService } from '../service/definition.ts';
import { eventData, registration } from '../service/event-data.ts';
import { untilThere } from '../service/patience.ts';
import { contactService } from './contact-service.ts';
import { USER_MIGRATIONS } from './migrations.ts';
import { userRoutes } from './routes.ts';
import { registerUser } from './user-store.ts';

/** Profiles and preferences of those who registered. */
export const users: StoringService = {
  name: 'users',
  migrations: USER_MIGRATIONS,
  async create({ database, authenticate, messaging }) {
    return {
      routes: userRoutes(database, authenticate),
      grpc: contactService(database),
      start: async () => {
        const stopping = new AbortController();
        const handler = registrationHandler(database, stopping.signal);
        const unsubscribe = messaging.subscribe('users', handler);
        return () => {
          stopping.abort();
          return unsubscribe();
        };
      },
    };
  },
};

/** Makes profiles of registrations. @param signal aborted to give up where the database is away */
export function registrationHandler(database: Database, signal: AbortSignal): Handler {
  return async (event) => {
    if (event.type !== 'user.registered') return;
    const { user_id: userId, email, name, timestamp } = eventData(registration, event);
    const at = timestamp === undefined ? new Date() : new Date(timestamp);
    await untilThere(() => registerUser(database, { userId, email, name, at }), signal);
  };
}
