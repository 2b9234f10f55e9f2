import type { CheckData } from '../lib/events/library-event.ts';
import { compileValidators, describesWhole, type EventShapes } from '../lib/events/schemas.ts';

/** The version in which a type's events are published. */
export function versionOf(events: EventShapes, type: string): number {
  return (Object.hasOwn(events, type) ? events[type]?.version : undefined) ?? 1;
}

/**
 * Makes ready what checks data against the schemas; the validator is loaded only where there is a schema.
 * @throws AppError `InvalidSchema` that names the event type.
 */
export async function compileSchemas(events: EventShapes): Promise<CheckData> {
  const validators = await compileValidators(events);
  return ({ event_id, event_type, event_version, timestamp, data }) => {
    const validate = validators.get(event_type);
    // Another version has another shape.
    if (validate === undefined || event_version !== versionOf(events, event_type)) return undefined;
    const isWhole = describesWhole(events[event_type]?.schema);
    const isObject = typeof data === 'object' && data !== null;
    const whole = isWhole && isObject ? { event_id, event_type, timestamp, ...data } : data;
    const [error] = validate(whole) ?? [];
    return error === undefined ? undefined : `data${error.instancePath} ${error.message}`;
  };
}
