import type { MessageAttribute } from '../api/text.ts';
import { badRequest } from './failure.ts';
import type { JsonBody } from './read-json.ts';

/** A member that must be text. @throws HttpFailure 400 */
export function textField(body: JsonBody, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw badRequest(`"${name}" is missing.`);
  return value;
}

/** A member that may be text. @throws HttpFailure 400 where it is something else. */
export function optionalText(body: JsonBody, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw badRequest(`"${name}" must be text.`);
}

/** A member that must be true or false: what changes something is never guessed. @throws HttpFailure 400 */
export function flagField(body: JsonBody, name: string): boolean {
  const value = body[name];
  if (typeof value === 'boolean') return value;
  throw badRequest(`"${name}" must be true or false.`);
}

/** A member that may be a list of texts; empty where it isn't there. @throws HttpFailure 400 */
export function textsField(body: JsonBody, name: string): readonly string[] {
  const value = body[name] ?? [];
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw badRequest(`"${name}" must be a list of texts.`);
}

/** A member that may be a list of message attributes; empty where it isn't there. @throws HttpFailure 400 */
export function attributesField(body: JsonBody, name: string): readonly MessageAttribute[] {
  const value = body[name] ?? [];
  if (Array.isArray(value) && value.every(isAttribute)) return value;
  throw badRequest(`"${name}" must be a list of { name, type, value }, all of them text.`);
}

function isAttribute(value: unknown): value is MessageAttribute {
  const { name, type, value: text } = (value ?? {}) as Partial<MessageAttribute>;
  return [name, type, text].every((each) => typeof each === 'string');
}

/** A parameter that must be a whole number from 1 to `most`. @throws HttpFailure 400 */
export function countParameter(
  query: URLSearchParams,
  name: string,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1 && count <= most) return count;
  throw badRequest(`${name} must be a whole number from 1 to ${most}.`);
}
