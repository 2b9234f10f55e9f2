import { get, type Route } from './http/route.ts';
import { messageDetail } from './views/message-detail.ts';
import { messages } from './views/messages.ts';
import { overview } from './views/overview.ts';

/** What the API answers besides `session` and `stream`. */
export const ROUTES: readonly Route[] = [
  get('overview', overview),
  get('messages', messages),
  get('messages/:', messageDetail),
];
