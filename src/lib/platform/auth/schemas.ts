import * as z from 'zod';
import { FIELDS, says } from '../../http/fields.ts';
import { normalEmail } from './email-address.ts';

/** Characters of a password (NIST SP 800-63B: at least 8, and at least 64 allowed) and of a name. */
export const PASSWORD_CHARACTERS = { least: 8, most: 128 } as const;
const NAME_MOST = 100;
const REFRESH_TOKEN_MOST = 200;

/** Roles that an account may have. */
export const ROLES = ['user', 'admin'] as const;

const EMAIL = 'must be an address such as ada@example.com';
const email = z
  .string(says(EMAIL))
  .transform((text, context): string => {
    const normal = normalEmail(text);
    if (normal !== undefined) return normal;
    context.issues.push({ code: 'custom', message: EMAIL, input: text });
    return z.NEVER;
  })
  .meta({ type: 'string', format: 'email', maxLength: 254, examples: ['ada@example.com'] });

const PASSWORD = `must be ${PASSWORD_CHARACTERS.least} to ${PASSWORD_CHARACTERS.most} characters`;
const newPassword = z
  .string(says(PASSWORD))
  .refine((text) => {
    const { length } = [...text];
    return length >= PASSWORD_CHARACTERS.least && length <= PASSWORD_CHARACTERS.most;
  }, PASSWORD)
  .meta({
    type: 'string',
    format: 'password',
    minLength: PASSWORD_CHARACTERS.least,
    maxLength: PASSWORD_CHARACTERS.most,
  });

const NAME = `must be 1 to ${NAME_MOST} visible characters`;
const name = z
  .string(says(NAME))
  .trim()
  .refine(
    (text) => text !== '' && [...text].length <= NAME_MOST && !/[\p{Cc}\p{Cs}]/u.test(text),
    NAME,
  )
  .meta({ type: 'string', minLength: 1, maxLength: NAME_MOST, examples: ['Ada Lovelace'] });

/** The body of `POST /auth/register`. */
export const registration = z.strictObject({ email, password: newPassword, name }, FIELDS);

/** The body of `POST /auth/login`. Any password that could be hashed may be tried. */
export const credentials = z.strictObject(
  {
    email,
    password: z
      .string(says('must be a text'))
      .max(4 * PASSWORD_CHARACTERS.most, PASSWORD)
      .meta({ format: 'password' }),
  },
  FIELDS,
);

const TOKEN = 'must be the refresh_token of a login';

/** The body of `POST /auth/refresh` and `POST /auth/logout`. */
export const refreshBody = z.strictObject(
  { refresh_token: z.string(says(TOKEN)).min(1, TOKEN).max(REFRESH_TOKEN_MOST, TOKEN) },
  FIELDS,
);

const ROLE_LIST = `must be a list of roles: ${ROLES.join(', ')}`;

/** The body of `PUT /auth/users/:id/roles`. */
export const rolesBody = z.strictObject(
  {
    roles: z
      .array(z.enum(ROLES, says(ROLE_LIST)), says(ROLE_LIST))
      .max(ROLES.length, ROLE_LIST)
      .transform((roles) => [...new Set(roles)].sort()),
  },
  FIELDS,
);

/** An account as it is answered. */
export const account = z.object({
  id: z.number().int().min(1),
  email: z.email(),
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
});

/** What `POST /auth/register` answers, whether or not the address had an account. */
export const registered = z.object({ email: z.email(), name: z.string() });

/** What a login and a refresh answer. */
export const session = z.object({
  access_token: z.string().meta({ description: 'a JWT, signed with ES256' }),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().meta({ description: 'seconds' }),
  refresh_token: z.string().meta({ description: 'to be used once' }),
  user: account,
});

/** What `POST /auth/keys/rotate` answers. */
export const rotated = z.object({ kid: z.string() });

/** The body of `POST /oauth/token`, as JSON or as a form. */
export const tokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
});

/** What `POST /oauth/token` answers. */
export const serviceToken = session.pick({
  access_token: true,
  token_type: true,
  expires_in: true,
});
