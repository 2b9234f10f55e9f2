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

/**
 * What the attributes among `names` are to be set to whose properties differ.
 *
 * @param defaults of those that the template no longer has; empty where there is none.
 */
export function changedAttributes(
  properties: Properties,
  before: Properties,
  names: readonly string[],
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  const changed = names.filter((name) => differs(properties, before, [name]));
  const now = attributesOf(properties, changed);
  return Object.fromEntries(changed.map((name) => [name, now[name] ?? defaults[name] ?? '']));
}

/** Whether one of some properties differs. */
export function differs(a: Properties, b: Properties, names: readonly string[]): boolean {
  return names.some((name) => !sameData(a[name], b[name]));
}

/**
 * Refuses properties that the engine doesn't have.
 *
 * @param kind of resource, in the plural. @throws ServiceError `UnsupportedOperation`
 */
export function refuseUnsupported(
  properties: Properties,
  names: readonly string[],
  kind: string,
): void {
  const found = names.find((name) => properties[name] !== undefined);
  if (found === undefined) return;
  throw new ServiceError(
    'UnsupportedOperation',
    `The local engine does not support the property ${found} of ${kind}.`,
  );
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

/** A generated name of a topic or queue; that of a FIFO one ends with `.fifo`. @param most characters. */
export function generatedFifoName(
  most: number,
  isFifo: boolean,
  { generatedName }: ResourceContext,
): string {
  const end = isFifo ? '.fifo' : '';
  return generatedName(most - end.length) + end;
}

/** What a resource is refused with whose name somebody else has. */
export function alreadyExists(type: string, identifier: string): ServiceError {
  return new ServiceError(
    'AlreadyExists',
    `Resource of type '${type}' with identifier '${identifier}' already exists.`,
  );
}
