import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import { SamError } from './sam-error.ts';

/** Members of a resource that those made of it have too. */
const PASSED = ['DependsOn', 'DeletionPolicy', 'Metadata', 'UpdateReplacePolicy'];

/** The properties of a resource. @throws SamError for one that the type doesn't have. */
export function propertiesOf(resource: DataMap, known: ReadonlySet<string>): DataMap {
  const { Properties: properties = {}, Type: type } = resource;
  if (!isMap(properties)) throw new SamError("Attribute 'Properties' should be a map.");
  const unknown = Object.keys(properties).find((name) => !known.has(name));
  if (unknown === undefined) return properties;
  throw new SamError(`property ${unknown} not defined for resource of type ${dataText(type)}`);
}

/** The properties among `names` that are there. */
export function pick(properties: DataMap, names: readonly string[]): DataMap {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = properties[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** A resource of CloudFormation in the place of one of SAM, with what is said of it besides its properties. */
export function inPlace(resource: DataMap, Type: string, Properties: DataMap): DataMap {
  return { ...pick(resource, PASSED), ...conditionOf(resource), Type, Properties };
}

/** The condition of a resource, for what is made beside it. */
export function conditionOf(resource: DataMap): DataMap {
  return pick(resource, ['Condition']);
}

/** Tags as SAM has them, as a list. @throws SamError */
export function tagList(tags: Data | undefined, more: DataMap = {}): Data[] {
  if (tags !== undefined && !isMap(tags)) throw new SamError("Property 'Tags' should be a map.");
  return Object.entries({ ...tags, ...more }).map(([Key, Value]) => ({ Key, Value }));
}

/** An object that a property has to be. @throws SamError */
export function mapOf(value: Data | undefined, name: string): DataMap {
  if (value === undefined) return {};
  if (!isMap(value)) throw new SamError(`Property '${name}' should be a map.`);
  return value;
}
