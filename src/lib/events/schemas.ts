import type { ErrorObject, ValidateFunction } from 'ajv';
import { AppError } from '../rules/errors.ts';
import { isIsoTime } from './iso-time.ts';
import { isRecord } from './json-value.ts';
import { type EventMessage, messageData, messageVersion } from './message.ts';
import type { CheckMessage } from './message-reader.ts';
import { schemaProblem } from './schema-problem.ts';

/** What of an event type says how its events look. */
export interface EventShape {
  /** `event_version` that the schema is for, a whole number from 1; 1 unless given. */
  readonly version?: number | undefined;
  /** JSON Schema: draft 2020-12, or draft-07 where `$schema` says so. */
  readonly schema?: object | boolean | undefined;
}

export type EventShapes = Readonly<Record<string, EventShape | undefined>>;

/** Checks a value against its schema. @returns the errors; undefined for none. */
export type Validate = (value: unknown) => readonly ErrorObject[] | undefined;

/**
 * Makes ready the schemas of event types; the validator is loaded only where there is one. Of the formats `iso-8601` is
 * checked (`isIsoTime`); others are notes.
 * @throws AppError `InvalidSchema` (exit 2) that names the event type.
 */
export async function compileValidators(
  events: EventShapes,
): Promise<ReadonlyMap<string, Validate>> {
  const given = Object.entries(events).flatMap(([type, shape]) =>
    shape?.schema === undefined ? [] : [{ type, schema: shape.schema }],
  );
  if (given.length === 0) return new Map();
  loading ??= loadDrafts();
  const drafts = await loading;
  return new Map(
    given.map(({ type, schema }) => {
      const isDraft7 = isRecord(schema) && /draft-0?7/.test(String(schema.$schema));
      const { Validator, metaSchema, compiled } = isDraft7 ? drafts.draft7 : drafts.draft2020;
      const compile = (): ValidateFunction => {
        const text = JSON.stringify(schema);
        const known = compiled.get(text);
        if (known !== undefined) return known;
        metaSchema.validateSchema(schema, true);
        // One for each: two schemas may have the same $id.
        const made = new Validator({ ...OPTIONS, validateSchema: false }).compile(schema);
        compiled.set(text, made);
        return made;
      };
      return [type, validates(type, compile)];
    }),
  );
}

const OPTIONS = {
  strict: false,
  verbose: true,
  allErrors: true,
  logger: false,
  // Amounts such as 29.99 are no multiples of 0.01 in binary numbers.
  multipleOfPrecision: 5,
  formats: { 'iso-8601': isIsoTime },
} as const;

let loading: ReturnType<typeof loadDrafts> | undefined;

/**
 * Each draft's validator, and one that checks schemas themselves: making that ready takes longer than any schema does.
 * What was made of a schema is kept by its text, since a file is read again for each publisher and subscriber.
 */
async function loadDrafts() {
  // CommonJS: what is bundled has its exports under `default` alone.
  const draft7 = await import('ajv');
  const draft2020 = await import('ajv/dist/2020.js');
  const { Ajv } = draft7.default;
  const { Ajv2020 } = draft2020.default;
  return {
    draft7: { Validator: Ajv, metaSchema: new Ajv(OPTIONS), compiled: compiledSchemas() },
    draft2020: {
      Validator: Ajv2020,
      metaSchema: new Ajv2020(OPTIONS),
      compiled: compiledSchemas(),
    },
  };
}

const compiledSchemas = () => new Map<string, ValidateFunction>();

function validates(type: string, compile: () => ValidateFunction): Validate {
  try {
    const validate = compile();
    return (value) => (validate(value) ? undefined : (validate.errors ?? []));
  } catch (cause) {
    throw new AppError({
      code: 'InvalidSchema',
      message: `The schema of "${type}" is none: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'JSON Schema, draft 2020-12 or draft-07.',
      exitCode: 2,
      cause,
    });
  }
}

/**
 * Makes ready what checks messages against the schemas of their types. A schema that has a property `event_type` is one
 * of the whole body; another one is of the event's data (`messageData`). An event of another version than the schema's
 * has another shape: it is not checked.
 * @throws AppError `InvalidSchema` (exit 2).
 */
export async function compileMessageCheck(events: EventShapes): Promise<CheckMessage> {
  const validators = await compileValidators(events);
  return (message) => {
    const { type } = message;
    const validate = type === undefined ? undefined : validators.get(type);
    if (type === undefined || validate === undefined) return undefined;
    const { version = 1, schema } = events[type] ?? {};
    if (messageVersion(message) !== version) return undefined;
    const value = describesWhole(schema) ? wholeEvent(message) : messageData(message);
    const errors = validate(value);
    return errors === undefined ? undefined : schemaProblem(errors);
  };
}

/** Whether a schema describes the whole body of an event, rather than its data: it has a property `event_type`. */
export function describesWhole(schema: EventShape['schema']): boolean {
  const properties = isRecord(schema) ? schema.properties : undefined;
  return isRecord(properties) && 'event_type' in properties;
}

/** An event with its fields beside `event_type`, whatever envelope it came in. */
function wholeEvent(message: EventMessage): unknown {
  const { kind, value, type, eventId } = message;
  if (kind === 'event' && isRecord(value)) return { ...value, event_type: type };
  const data = messageData(message);
  if (!isRecord(data)) return data;
  return { ...(eventId === undefined ? {} : { event_id: eventId }), event_type: type, ...data };
}
