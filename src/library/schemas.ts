import type { CheckData } from '../lib/events/library-event.ts';
import { AppError } from '../lib/rules/errors.ts';
import type { EventDefinition } from './event-definitions.ts';

type Known = Readonly<Record<string, EventDefinition | undefined>>;

/** The version in which a type's events are published. */
export function versionOf(events: Known, type: string): number {
  return (Object.hasOwn(events, type) ? events[type]?.version : undefined) ?? 1;
}

/**
 * Makes ready what checks data against the schemas; the validator is loaded only where there is a schema.
 * @throws AppError `InvalidSchema` that names the event type.
 */
export async function compileSchemas(events: Known): Promise<CheckData> {
  const given = Object.entries(events).flatMap(([type, definition]) =>
    definition?.schema === undefined ? [] : [{ type, schema: definition.schema }],
  );
  if (given.length === 0) return () => undefined;
  // CommonJS: what is bundled has its exports under `default` alone.
  const [draft7, draft2020] = await Promise.all([import('ajv'), import('ajv/dist/2020.js')]);
  const { Ajv } = draft7.default;
  const { Ajv2020 } = draft2020.default;
  const options = { strict: false, validateFormats: false } as const;
  const validators = new Map(
    given.map(({ type, schema }) => {
      const isDraft7 = typeof schema === 'object' && /draft-0?7/.test(String(schema.$schema));
      const validator = new (isDraft7 ? Ajv : Ajv2020)(options);
      try {
        const validate = validator.compile(schema);
        const check = (data: unknown): string | undefined =>
          validate(data)
            ? undefined
            : validator.errorsText(validate.errors, { dataVar: 'data', separator: '; ' });
        return [type, check] as const;
      } catch (cause) {
        throw new AppError({
          code: 'InvalidSchema',
          message: `The schema of "${type}" is none: ${cause instanceof Error ? cause.message : cause}`,
          cause,
        });
      }
    }),
  );
  return ({ event_type: type, event_version, data }) =>
    // Another version has another shape.
    event_version === versionOf(events, type) ? validators.get(type)?.(data) : undefined;
}
