import { isLosslessNumber, parse, stringify } from 'lossless-json';

/** A property of a resource, or a part of it, that changes. */
export interface PropertyDifference {
  /** Its path, such as `ContainerDefinitions[0].Environment.TOPIC_ARN`. */
  readonly setting: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Of two objects or lists what differs in them, such as `Code.S3Key`; anything else as it is. */
export function differencesWithin({ setting, from, to }: PropertyDifference): PropertyDifference[] {
  const [before, after] = [readData(from), readData(to)];
  if (before === undefined || after === undefined) return [{ setting, from, to }];
  return differing(setting, before, after);
}

type Data = Readonly<Record<string, unknown>> | readonly unknown[];

/** The JSON of an object or a list; undefined of anything else. */
function readData(text: string | undefined): Data | undefined {
  if (text === undefined || !/^[{[]/.test(text)) return undefined;
  try {
    return parse(text) as Data;
  } catch {
    return undefined;
  }
}

function differing(path: string, before: unknown, after: unknown): PropertyDifference[] {
  const [was, becomes] = [partsOf(path, before), partsOf(path, after)];
  const [from, to] = [textOf(before), textOf(after)];
  if (from === to) return [];
  const isOtherKind = Array.isArray(before) !== Array.isArray(after);
  if (was === undefined || becomes === undefined || isOtherKind) {
    return [{ setting: path, from, to }];
  }
  const parts = [...new Set([...was.keys(), ...becomes.keys()])];
  return parts.flatMap((part) => differing(part, was.get(part), becomes.get(part)));
}

/**
 * The parts of an object or a list by their paths: of a list of names and values by the names (`Environment.TOPIC`),
 * of another one by the positions (`ContainerDefinitions[0]`).
 */
function partsOf(path: string, value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const named = namedValues(value);
    return new Map(
      named?.map(([name, each]) => [`${path}.${name}`, each]) ??
        value.map((each, index) => [`${path}[${index}]`, each]),
    );
  }
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return undefined;
  return new Map(Object.entries(value).map(([key, each]) => [`${path}.${key}`, each]));
}

/** Names and values of a list that has nothing else, as environments and tags are written; undefined of others. */
function namedValues(list: readonly unknown[]): [string, unknown][] | undefined {
  const pairs = list.flatMap((each): [string, unknown][] => {
    const { Name, Key, Value, ...rest } = (each ?? {}) as Readonly<Record<string, unknown>>;
    const name = Name ?? Key;
    if (typeof name !== 'string' || Value === undefined || Object.keys(rest).length > 0) return [];
    return [[name, Value]];
  });
  const isNamed =
    pairs.length === list.length && new Set(pairs.map(([name]) => name)).size === pairs.length;
  return isNamed ? pairs : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : stringify(value);
}

/** Variables and properties whose values nobody is shown. */
const SECRETS = /\b(?:PUBSUB_API_TOKEN|DATABASE_URL|SecretString)\b/;

/** A difference without the values of secrets. */
export function masked({ setting, from, to }: PropertyDifference): PropertyDifference {
  const mask = (text: string | undefined): string | undefined =>
    text !== undefined && (SECRETS.test(setting) || SECRETS.test(text)) ? '****' : text;
  return { setting, from: mask(from), to: mask(to) };
}
