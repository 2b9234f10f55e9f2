import { createClient } from '@connectrpc/connect';
import { freeLeases } from '../../database/free-leases.ts';
import { ContactService } from '../rpc/pubsub/platform/v1/users_pb.js';
import type { ServiceContext, StoringService } from '../service/definition.ts';
import { repeat } from '../service/repeat.ts';
import { createEventHandler } from './event-handler.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { createMailer } from './mailer.ts';
import { NOTIFICATION_MIGRATIONS } from './migrations.ts';
import { notificationRoutes } from './routes.ts';
import { sendDue } from './sender.ts';
import { tellWaiting } from './waiting.ts';

/** Milliseconds between two looks for notices that are due (new ones are sent at once), and for users who are waited for. */
const PAUSE_MS = 1_000;
/** Whom mails come from unless `MAIL_FROM` says. */
const FROM = 'Your shop <shop@pubsub-platform.example>';

/** Tells people of their account and their orders, by the ways that they chose. */
export const notifications: StoringService = {
  name: 'notifications',
  migrations: NOTIFICATION_MIGRATIONS,
  async create(context) {
    const { database, authenticate } = context;
    return {
      routes: notificationRoutes(database, authenticate),
      start: () => begin(context),
    };
  },
};

async function begin(context: ServiceContext): Promise<() => Promise<void>> {
  const { database, messaging, log, environment } = context;
  const { smtpUrl, variables } = environment;
  await freeLeases(database, 'notices', "state = 'stored'");
  const server = smtpUrl === undefined ? await keepMails(context) : undefined;
  const mailer = createMailer(smtpUrl ?? server?.url ?? '', variables.MAIL_FROM || FROM);
  const sending = repeat({ name: 'sending', pauseMs: PAUSE_MS, log }, (signal) =>
    sendDue({ database, mailer, log }, signal),
  );
  const contacts = createClient(ContactService, context.grpc('users'));
  const telling = { database, contacts, onStored: sending.wake };
  const asking = repeat({ name: 'asking for users', pauseMs: PAUSE_MS, log }, (signal) =>
    tellWaiting({ ...telling, log }, signal),
  );
  const stopping = new AbortController();
  const handler = createEventHandler({ ...telling, signal: stopping.signal });
  const unsubscribe = messaging.subscribe('notifications', handler);
  return async () => {
    stopping.abort();
    await unsubscribe();
    await asking.stop();
    await sending.stop();
    mailer.close();
    await server?.stop();
  };
}

/** Without a mail server of others, one that keeps what it gets. */
async function keepMails({ database, log, environment }: ServiceContext): Promise<MailServer> {
  const port = Number(environment.variables.SMTP_PORT || 0);
  const server = await startMailServer({ database, host: '127.0.0.1', port, log });
  log.info('mails are kept here', { url: server.url });
  return server;
}
