import * as z from 'zod';
import type { ApiRoute, RouteDescription } from '../../http/api.ts';
import {
  answerSchema,
  bodySchema,
  type Json,
  jsonAnswer,
  queryParameters,
  reference,
  requestBody,
} from '../../http/openapi-parts.ts';

/** Where every service describes itself. */
export const DESCRIPTION_PATH = '/openapi.json';

/** What a service's description begins with. */
export interface ApiTitle {
  readonly title: string;
  readonly version: string;
}

/** A problem as every service answers it. @see https://www.rfc-editor.org/rfc/rfc9457 */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string().meta({ description: 'what programs match on, such as not_found' }),
  errors: z.record(z.string(), z.array(z.string())).optional(),
});

/** Routes that are described, as OpenAPI 3.1. @see https://spec.openapis.org/oas/v3.1.1.html */
export function openApiDocument(title: ApiTitle, routes: readonly ApiRoute[]): Json {
  const paths: Record<string, Json> = {};
  for (const { method, path, describes } of routes) {
    if (describes === undefined) continue;
    const template = path.replace(/:(\w+)/g, '{$1}');
    paths[template] = {
      ...paths[template],
      [method.toLowerCase()]: operation(method, path, describes),
    };
  }
  return apiDocument(title, paths);
}

/** A document with these paths, whose refusals are problems. */
export function apiDocument({ title, version }: ApiTitle, paths: Json): Json {
  return {
    openapi: '3.1.1',
    info: { title, version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: answerSchema(problem) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operation(method: string, path: string, describes: RouteDescription): Json {
  const { summary, access, query, body, headers = {}, status = 200, answer, also = {} } = describes;
  const others = Object.entries(also).map(([code, schema]) => [
    code,
    jsonAnswer('Done', answerSchema(schema)),
  ]);
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name = '']) => pathParameter(name)),
    ...(query ? queryParameters(query) : []),
    ...Object.entries(headers).map(([name, description]) => ({
      ...{ name, in: 'header', description },
      schema: { type: 'string' },
    })),
  ];
  return {
    operationId: operationId(method, path),
    summary,
    security: access === 'anybody' ? [] : [{ token: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(bodySchema(body)) }),
    responses: {
      [status]: answer ? jsonAnswer('Done', answerSchema(answer)) : { description: 'Done' },
      ...Object.fromEntries(others),
      ...refusals(path, describes),
    },
  };
}

/** Such as `getProductsById`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/:(\w+)/g, 'by-$1').match(/[A-Za-z0-9]+/g) ?? [];
  const named = words.map((word) => word[0]?.toUpperCase() + word.slice(1));
  return method.toLowerCase() + named.join('');
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

/** Its own refusals, and those that the kind of route brings with it. */
function refusals(path: string, { access, query, body, refusals = {} }: RouteDescription): Json {
  const found: Record<number, string | undefined> = {
    ...(body && { 400: 'Malformed', 413: 'Too large', 415: 'Not JSON' }),
    ...((query || body || path.includes(':')) && { 422: 'Invalid, by field' }),
    ...(access !== 'anybody' && {
      401: 'No token, or a wrong one',
      403: access === 'admin' ? 'Not an administrator' : 'Not for this caller',
    }),
    503: 'Something that it needs is away',
    ...refusals,
  };
  const answers = Object.entries(found).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: reference('Problem') } } },
  ]);
  return Object.fromEntries(answers) as Json;
}
