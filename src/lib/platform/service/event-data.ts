import type { z } from 'zod';
import { INVALID_EVENT } from '../../consume/consumed.ts';
import type { EventMessage } from '../../events/message.ts';
import { AppError } from '../../rules/errors.ts';

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
