import * as z from 'zod';
import { FIELDS, says } from '../../http/fields.ts';
import { CHANNELS } from '../service/channels.ts';
import { pageFields, pageOf, text, words } from '../service/schema-parts.ts';

const NAME_MOST = 100;
const TOKEN_MOST = 4096;

const PHONE = 'must be a number in international form such as +4915112345678, or null';
const phone = z
  .string(says(PHONE))
  .regex(/^\+[1-9]\d{6,14}$/, PHONE)
  .nullable();
const deviceToken = text(1, TOKEN_MOST).nullable();

/** What `PATCH /users/me` takes: at least one field. */
export const userChange = z
  .strictObject(
    {
      name: text(1, NAME_MOST).optional(),
      phone: phone.optional(),
      device_token: deviceToken.optional(),
    },
    FIELDS,
  )
  .refine((change) => Object.keys(change).length > 0, 'must have name, phone or device_token');

const CHANNEL_LIST = `must be a list of ${CHANNELS.join(', ')}, each at most once`;

/** What `PUT /users/me/preferences` takes and answers. */
export const preferences = z.strictObject(
  {
    order_channels: z
      .array(z.enum(CHANNELS, says(CHANNEL_LIST)), says(CHANNEL_LIST))
      .refine((channels) => new Set(channels).size === channels.length, CHANNEL_LIST)
      .meta({ uniqueItems: true }),
  },
  FIELDS,
);

/** The query of `GET /users`. */
export const userQuery = z.strictObject({ q: words.optional(), ...pageFields });

/** A user as they are answered. */
export const user = z.object({
  id: z.number().int().min(1),
  email: z.string().nullable(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  device_token: z.string().nullable(),
  registered_at: z.iso.datetime().nullable(),
  updated_at: z.iso.datetime(),
});

/** What `GET /users` answers. */
export const userPage = pageOf({ users: z.array(user) });
