import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';

/** A request as the routes see it, whoever received it: the server, or a Lambda function. */
export interface ApiRequest {
  /** Parts of the path by their names in the route. */
  readonly params: Readonly<Record<string, string>>;
  /** Parameters of the URL, decoded; a list where one is given several times. */
  readonly query: Readonly<Record<string, unknown>>;
  /** By their names in small letters. */
  readonly headers: IncomingHttpHeaders;
  /** The body as `readJson` reads it; undefined without one. */
  readonly body: unknown;
  /** Of the span that records it, where traces are recorded. */
  readonly traceparent?: string | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  /** Besides `content-type`, which is `JSON_TYPE` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an API's description says of a route. */
export interface RouteDescription {
  readonly summary: string;
  /** Who may use it. */
  readonly access: 'anybody' | 'user' | 'admin';
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Request headers of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The status of success, and what is answered then; 200 and nothing in particular unless given. */
  readonly status?: number;
  readonly answer?: z.ZodType;
  /** Other successes, and what is answered then. */
  readonly also?: Readonly<Record<number, z.ZodType>>;
  /** What its own other statuses mean. */
  readonly refusals?: Readonly<Record<number, string>>;
}

/** What the API does at one address. */
export interface ApiRoute {
  /** `GET` stands for `HEAD` as well. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Such as `/orders/:id`. */
  readonly path: string;
  readonly describes?: RouteDescription;
  /** @throws Problem for any other answer than success */
  handle(request: ApiRequest): Promise<ApiAnswer>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer in JSON. */
export function jsonAnswer(status: number, value: unknown): ApiAnswer {
  return { status, body: JSON.stringify(value) };
}

/** The paths of routes as patterns of whole paths. Each part in parentheses is one that the route names. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
}
