import * as z from 'zod';

/** A part of an OpenAPI document. */
export type Json = Record<string, unknown>;

/** An answer in JSON. */
export function jsonAnswer(description: string, schema: Json): Json {
  return { description, content: { 'application/json': { schema } } };
}

/** A body that is demanded. */
export function requestBody(schema: Json): Json {
  return { required: true, content: { 'application/json': { schema } } };
}

/** The fields of a query. */
export function queryParameters(schema: z.ZodType): Json[] {
  const { properties = {}, required = [] } = bodySchema(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    ...{ name, in: 'query', schema: property },
    ...(required.includes(name) && { required: true }),
  }));
}

/** Another schema of the document by its name. */
export function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** What a client may send. */
export function bodySchema(schema: z.ZodType): Json {
  return jsonSchema(schema, 'input');
}

/** What it gets. */
export function answerSchema(schema: z.ZodType): Json {
  return jsonSchema(schema, 'output');
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
