import * as z from 'zod';
import { says } from '../../http/fields.ts';
import { CHANNELS } from '../service/channels.ts';
import { pageFields, pageOf, text } from '../service/schema-parts.ts';
import { NOTICE_STATES } from './notice.ts';

/** The query of `GET /notifications`. */
export const noticeQuery = z.strictObject(pageFields);

/** The query of `GET /notifications/received`. */
export const receivedQuery = z.strictObject({
  channel: z.enum(CHANNELS, says(`must be one of ${CHANNELS.join(', ')}`)).optional(),
  to: text(1, 4096).optional(),
  message_id: text(1, 998).optional(),
  ...pageFields,
});

/** A notice as its user reads it. */
export const notice = z.object({
  id: z.number().int().min(1),
  event_id: z.string(),
  event_type: z.string(),
  channel: z.enum(CHANNELS),
  subject: z.string(),
  body: z.string(),
  state: z.enum(NOTICE_STATES),
  created_at: z.iso.datetime(),
  sent_at: z.iso.datetime().nullable(),
});

/** A message that was received here. */
export const received = z.object({
  id: z.number().int().min(1),
  channel: z.enum(CHANNELS),
  message_id: z.string().nullable(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  body: z.string(),
  received_at: z.iso.datetime(),
});

/** One of them by itself; `source` is an email as it came. */
export const receivedMessage = received.extend({ source: z.string().nullable() });

/** What `GET /notifications` answers. */
export const noticePage = pageOf({ notifications: z.array(notice) });

/** What `GET /notifications/received` answers. */
export const receivedPage = pageOf({ received: z.array(received) });
