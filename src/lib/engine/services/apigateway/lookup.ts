import { randomBytes } from 'node:crypto';
import type { ApiGatewayContext } from './context.ts';
import { notFound } from './errors.ts';
import type { HttpApi } from './http-api.ts';
import { apiArn } from './http-api.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const API_ID_LENGTH = 10;
const PART_ID_LENGTH = 7;

/** An id as API Gateway gives them; nobody guesses that of an API. */
export function newId(length: number = PART_ID_LENGTH): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** The id of a new API. */
export function newApiId(): string {
  return newId(API_ID_LENGTH);
}

/** A caller's API. @throws ServiceError `NotFoundException` */
export function apiNamed(ctx: ApiGatewayContext, apiId = ''): HttpApi {
  const api = ctx.state.apis.get(apiId);
  if (api !== undefined && api.account === ctx.account && api.region === ctx.region) return api;
  throw notFound('API', `${ctx.account}:${apiId}`);
}

/** The API and, where it names one, the stage of an ARN. @throws ServiceError `NotFoundException` */
export function taggedAt(
  ctx: ApiGatewayContext,
  arn = '',
): { readonly api: HttpApi; readonly stageName: string | undefined } {
  const [, apiId = '', stageName] = /\/apis\/([a-z0-9]+)(?:\/stages\/(.+))?$/.exec(arn) ?? [];
  const api = apiNamed(ctx, apiId);
  if (!arn.startsWith(apiArn(api))) throw notFound('API', arn);
  if (stageName !== undefined && api.stages[stageName] === undefined) {
    throw notFound('Stage', stageName);
  }
  return { api, stageName };
}

/** One of an API's parts. @throws ServiceError `NotFoundException` */
export function partOf<Part>(kind: string, parts: Readonly<Record<string, Part>>, id = ''): Part {
  const part = Object.hasOwn(parts, id) ? parts[id] : undefined;
  if (part === undefined) throw notFound(kind, id);
  return part;
}

/** Parts of an API without one of them. */
export function without<Part>(
  parts: Readonly<Record<string, Part>>,
  id: string,
): Readonly<Record<string, Part>> {
  const { [id]: _, ...rest } = parts;
  return rest;
}

/** The members that are given: a change leaves the others as they are. */
export function given<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined),
  ) as Partial<Value>;
}
