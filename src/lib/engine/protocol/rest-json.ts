import type { ServiceError } from '../errors.ts';
import { decodeJson } from './json.ts';
import { type Operation, type Shape, type StructureShape, structure } from './shape.ts';

/**
 * Where an action is: method, path with `{Label}` for its parts that are input, and the status of its answer. A query
 * string tells it from another action at the same path.
 */
export type RestRoute = readonly [method: string, path: string, status: number];

/** Input members that don't stand in the body. */
export interface RestInput {
  /** Query parameters by member. */
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case header names by member. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member that is the whole body. */
  readonly payload?: string;
}

/** An action's shapes, and what of its input stands outside the body. */
export interface RestOperation extends Operation {
  readonly rest: RestInput;
}

const ANY = structure({});

/** An action whose answers are made in the form in which they go out: nothing in them needs an encoding. */
export function restOperation(
  fields: Readonly<Record<string, Shape>>,
  required: readonly string[],
  rest: RestInput = {},
): RestOperation {
  return { input: structure(fields, required), output: ANY, resultWrapper: '', rest };
}

/** What a request's method and path lead to. */
export interface RestMatch {
  readonly action: string;
  /** The path's parts that are input. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Finds the action of a method and path; undefined where there is none. */
export type RestRouter = (method: string, path: string, search: string) => RestMatch | undefined;

interface Candidate {
  readonly action: string;
  readonly segments: readonly string[];
  /** What the query string has to hold. */
  readonly search: string;
}

/** @param routes by the action's name. */
export function restRouter(routes: Readonly<Record<string, RestRoute>>): RestRouter {
  const candidates = new Map<string, Candidate[]>();
  for (const [action, [method, where]] of Object.entries(routes)) {
    const [path = '', search = ''] = where.split('?');
    const segments = segmentsOf(path);
    const key = `${method} ${segments.length}`;
    const known = candidates.get(key) ?? [];
    const candidate = { action, segments, search };
    candidates.set(key, search === '' ? [...known, candidate] : [candidate, ...known]);
  }
  return (method, path, given) => {
    const parts = segmentsOf(path);
    for (const { action, segments, search } of candidates.get(`${method} ${parts.length}`) ?? []) {
      if (!given.includes(search)) continue;
      const labels = match(segments, parts);
      if (labels !== undefined) return { action, labels };
    }
    return undefined;
  };
}

/** Older clients end paths with a slash. */
function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function match(
  segments: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith('{')) labels[segment.slice(1, -1)] = unescapeUrl(value);
    else if (segment !== value) return undefined;
  }
  return labels;
}

function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A request of the REST protocol, as far as input stands in it. */
export interface RestRequest {
  readonly labels: Readonly<Record<string, string>>;
  readonly search: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/**
 * Decodes an input of the REST protocol from path, query string, headers and body.
 *
 * @throws ServiceError `SerializationException` for malformed JSON and wrong types.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function decodeRest(
  shape: StructureShape,
  { query = {}, headers = {}, payload }: RestInput,
  request: RestRequest,
): Record<string, unknown> {
  const input: Record<string, unknown> =
    payload === undefined ? decodeJson(shape, request.body) : { [payload]: request.body };
  const parameters = new URLSearchParams(request.search);
  for (const [member, name] of Object.entries(query)) {
    const found = parameters.getAll(name);
    if (found.length > 0) input[member] = fromText(shape.fields[member], found);
  }
  for (const [member, name] of Object.entries(headers)) {
    const value = request.headers[name];
    if (typeof value === 'string') input[member] = value;
  }
  return { ...input, ...request.labels };
}

function fromText(shape: Shape | undefined, [first = '', ...rest]: readonly string[]): unknown {
  if (shape?.kind === 'list') return [first, ...rest];
  if (shape?.kind === 'integer') return Number(first);
  if (shape?.kind === 'boolean') return first === 'true';
  return first;
}

/** An answer whose status, headers or body aren't those of any other output. */
export class RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** Errors whose text is called `Message` in the model; it is `message` in the others'. */
const CAPITAL: ReadonlySet<string> = new Set([
  'InvalidZipFileException',
  'ResourceInUseException',
  'ResourceNotFoundException',
  'ServiceException',
]);

/** The body of an error; its name goes into the header `X-Amzn-ErrorType`. */
export function restError({ code, message, fault, members }: ServiceError): string {
  const text = CAPITAL.has(code) ? { Message: message } : { message };
  return JSON.stringify({ Type: fault === 'Sender' ? 'User' : 'Service', ...text, ...members });
}
