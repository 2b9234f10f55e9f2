import type * as z from 'zod';
import type { received } from '../notifications/schemas.ts';
import { isRunning } from './processes.ts';
import { readPlatform } from './record.ts';
import { createServiceCall, type ServiceCall } from './service-call.ts';

/** A mail, push message or SMS that the notifications service received, as it answers it. */
export type ShownMail = z.output<typeof received>;

/** Messages that are read at the most. */
export const MAILS_READ = 50;

/**
 * Reads the newest messages that the platform which runs here received, the newest first.
 * @returns undefined where none runs
 * @throws AppError `ServiceSilent`, `ServiceRefused`
 */
export type MailReader = () => Promise<readonly ShownMail[] | undefined>;

/** What reads the mails of a state folder's platform again and again: it keeps its token, and what it has read. */
export function createMailReader(stateDir: string): MailReader {
  let known: { readonly key: string; readonly ask: ServiceCall } | undefined;
  let last: readonly ShownMail[] = [];
  return async () => {
    const record = readPlatform(stateDir);
    if (!record?.services.some((service) => isRunning(service, record.instance))) {
      known = undefined;
      return undefined;
    }
    const key = JSON.stringify([record.instance, record.services.map(({ port }) => port)]);
    if (known?.key !== key) {
      const service = { name: 'notifications', title: 'notifications service' } as const;
      const ask = createServiceCall(stateDir, record, service);
      if (ask === undefined) return undefined;
      known = { key, ask };
      last = [];
    }
    const { ask } = known;
    // A mail never changes: as long as the newest is the same, so are all, and a mail may have 1 MiB.
    const [newest] = await newestOf(ask, 1);
    if (newest?.id !== last[0]?.id) last = await newestOf(ask, MAILS_READ);
    return last;
  };
}

async function newestOf(ask: ServiceCall, limit: number): Promise<readonly ShownMail[]> {
  const answer = await ask('GET', `/notifications/received?limit=${limit}`);
  return (answer as { received: readonly ShownMail[] }).received;
}
