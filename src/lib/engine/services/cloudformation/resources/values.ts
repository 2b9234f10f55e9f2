import { ServiceError } from '../../../errors.ts';
import { sameData } from '../template/data.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext } from './resource-type.ts';

/** A text; undefined where the property isn't there. */
export function text(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return value === undefined || value === null ? undefined : String(value);
}

/** The objects of a list; none where the property isn't there. */
export function objects(properties: Properties, name: string): readonly Properties[] {
  const value = properties[name];
  return Array.isArray(value) ? (value as readonly Properties[]) : [];
}

/** The texts of a list; none where the property isn't there. */
export function texts(properties: Properties, name: string): readonly string[] {
  const value = properties[name];
  return Array.isArray(value) ? (value as readonly unknown[]).map(String) : [];
}

/** A value as attributes have it: text as it is, everything else as JSON. */
export function asAttribute(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The properties among `names` that are there, as attributes. */
export function attributesOf(
  properties: Properties,
  names: readonly string[],
): Record<string, string> {
  const there = names.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(there.map((name) => [name, asAttribute(properties[name])]));
}

/** Tags of a resource: those of its stack, and over them its own. */
export function tagsOf(
  properties: Properties,
  ofStack: ResourceContext['tags'],
): Record<string, string> {
  const own = objects(properties, 'Tags').map(({ Key, Value }) => [String(Key), String(Value)]);
  return { ...ofStack, ...Object.fromEntries(own) };
}

/** Tags as a list of pairs. */
export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** What `before` has and `after` hasn't. */
export function removedKeys(before: object, after: object): string[] {
  return Object.keys(before).filter((key) => !Object.hasOwn(after, key));
}

/** Whether one of some properties differs. */
export function differs(a: Properties, b: Properties, names: readonly string[]): boolean {
  return names.some((name) => !sameData(a[name], b[name]));
}

/** Waits for a call that may find nothing. @returns undefined where the error has one of the codes. */
export async function unless<Output>(
  call: Promise<Output>,
  ...codes: readonly string[]
): Promise<Output | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ServiceError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** What a resource is refused with whose name somebody else has. */
export function alreadyExists(type: string, identifier: string): ServiceError {
  return new ServiceError(
    'AlreadyExists',
    `Resource of type '${type}' with identifier '${identifier}' already exists.`,
  );
}
