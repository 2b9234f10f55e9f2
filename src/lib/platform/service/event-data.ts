import * as z from 'zod';
import { INVALID_EVENT } from '../../consume/consumed.ts';
import type { EventMessage } from '../../events/message.ts';
import { says } from '../../http/fields.ts';
import { AppError } from '../../rules/errors.ts';
import { text, whole } from './schema-parts.ts';

/**
 * Reads the fields of an event.
 * @throws AppError `InvalidEvent` for what can't be handled, however often it comes: it ends among the dead letters
 */
export function eventData<T extends z.ZodType>(schema: T, event: EventMessage): z.output<T> {
  const result = schema.safeParse(event.value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AppError({
    code: INVALID_EVENT,
    message: `${event.type ?? 'an event'}: ${issue?.path.join('.') || 'the body'} ${issue?.message}`,
  });
}

const EMAIL = 'must be an address';

/** What is read of `user.registered`; other fields may stand beside. */
export const registration = z.object({
  user_id: whole(1, Number.MAX_SAFE_INTEGER),
  // Auth has looked closer; what it let through must not end among the dead letters.
  email: z
    .string(says(EMAIL))
    .max(254, EMAIL)
    .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, EMAIL),
  name: text(1, 200),
  timestamp: z.iso.datetime({ offset: true, error: 'must be a time in ISO 8601' }).optional(),
});
