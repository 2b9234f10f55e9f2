import { type Data, type DataMap, isMap } from '../template/data.ts';
import { functionOf } from '../template/functions.ts';
import { SamError } from './sam-error.ts';

/** Sections that SAM has. */
const SECTIONS: ReadonlySet<string> = new Set([
  'Api',
  'CapacityProvider',
  'Function',
  'HttpApi',
  'LayerVersion',
  'SimpleTable',
  'StateMachine',
]);

/** The sections of Globals. @throws SamError */
export function globalsOf(globals: Data | undefined): DataMap {
  if (globals === undefined) return {};
  if (!isMap(globals)) throw new SamError('It must be an object.');
  const unknown = Object.keys(globals).find((name) => !SECTIONS.has(name));
  if (unknown === undefined) return globals;
  throw new SamError(
    `'${unknown}' is not supported. Must be one of the following values - [${[...SECTIONS].join(', ')}]`,
  );
}

/** A resource with the properties that Globals give it. */
export function withGlobals(resource: DataMap, globals: Data | undefined): DataMap {
  if (globals === undefined) return resource;
  return { ...resource, Properties: merge(globals, resource.Properties ?? {}) };
}

/**
 * Objects are merged, lists follow each other, and anything else is what the resource says.
 *
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
function merge(general: Data, own: Data): Data {
  if (Array.isArray(general) && Array.isArray(own)) return [...general, ...own];
  if (!isMap(general) || !isMap(own)) return own;
  if (functionOf(general) !== undefined || functionOf(own) !== undefined) return own;
  const merged: Record<string, Data> = { ...general };
  for (const [name, value] of Object.entries(own)) {
    const before = general[name];
    merged[name] = before === undefined ? value : merge(before, value);
  }
  return merged;
}
