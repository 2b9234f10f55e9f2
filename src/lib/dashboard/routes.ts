import { doctor } from './doctor/doctor.ts';
import { fix } from './doctor/fix.ts';
import { get, post, type Route } from './http/route.ts';
import { events } from './publish/events.ts';
import { explain } from './publish/explain.ts';
import { publish } from './publish/publish.ts';
import { deleteMessages, purge, redrive } from './queues/actions.ts';
import { queueMessages } from './queues/queue-messages.ts';
import { resend } from './queues/resend.ts';
import { comparison } from './views/comparison.ts';
import { mails } from './views/mails.ts';
import { messageDetail } from './views/message-detail.ts';
import { messages } from './views/messages.ts';
import { nodeDetail } from './views/node-detail.ts';
import { overview } from './views/overview.ts';

/** What the API answers besides `session` and `stream`. */
export const ROUTES: readonly Route[] = [
  get('overview', overview),
  get('node/:', nodeDetail),
  get('messages', messages),
  get('messages/:', messageDetail),
  get('queues/:/messages', queueMessages),
  post('queues/:/redrive', redrive),
  post('queues/:/delete', deleteMessages),
  post('queues/:/purge', purge),
  post('queues/:/resend', resend),
  get('events', events),
  // It changes nothing, but an event is too long for a query string.
  { ...post('explain', explain), needsToken: false },
  post('publish', publish),
  get('comparison', comparison),
  // Mails are for one person each: they are never shown to everybody who reaches the engine.
  { ...get('mails', mails), needsToken: true },
  get('doctor', doctor),
  post('doctor/fix', fix),
];
