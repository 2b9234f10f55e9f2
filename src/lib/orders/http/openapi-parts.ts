import { type Json, jsonAnswer, reference, requestBody } from '../../http/openapi-parts.ts';

/** What each refusal means. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'Malformed',
  401: 'No token, or a wrong one',
  404: 'No such order',
  413: 'Too large',
  415: 'Not JSON',
  422: 'Invalid, by field',
  429: 'Too many requests',
  503: 'The database is away',
};
/** Refusals of a request with a body. */
export const BODY_REFUSALS = [400, 413, 415, 422];

/** An operation with its answers, and with the refusals that every one may meet besides its own. */
export function operation(
  operationId: string,
  summary: string,
  answers: Json,
  refusals: readonly number[] = [],
): Json {
  const refused = [401, 429, 503, ...refusals]
    .sort((a, b) => a - b)
    .map((status) => [
      status,
      jsonAnswer(REFUSALS[status] ?? '', reference(status === 422 ? 'FieldErrors' : 'Failure')),
    ]);
  return { operationId, summary, responses: { ...answers, ...Object.fromEntries(refused) } };
}

/** An operation that needs no token and answers some JSON. */
export function plain(operationId: string, summary: string): Json {
  return { operationId, summary, security: [{}], responses: { 200: jsonAnswer('Yes', {}) } };
}

/** An answer that is an order. */
export function orderAnswer(description: string): Json {
  return jsonAnswer(description, reference('Order'));
}

/** A body with the fields of an order: in the field `order`, or bare. @param name of the schema in the document. */
export function orderBody(name: string): Json {
  const fields = reference(name);
  const properties = { order: fields };
  return requestBody({
    anyOf: [
      { type: 'object', required: ['order'], properties, additionalProperties: false },
      fields,
    ],
  });
}
