import { invalid } from '../errors.ts';
import { type Data, type DataMap, dataText, isMap } from './data.ts';
import { refuseUnknownFunctions } from './functions.ts';
import { readParameters } from './read-parameters.ts';
import { RULE_FUNCTIONS, readRules } from './rules.ts';
import type {
  DeletionPolicy,
  OutputDeclaration,
  ResourceDeclaration,
  Template,
} from './template.ts';

const SECTIONS: ReadonlySet<string> = new Set([
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
]);
const FORMAT_VERSION = '2010-09-09';
const RESOURCE_PROPERTIES: ReadonlySet<string> = new Set([
  'Condition',
  'CreationPolicy',
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
]);
const LOGICAL_ID = /^[A-Za-z0-9]+$/;
/** "Maximum number of resources that you can declare in your CloudFormation template: 500" (quotas). */
const MAX_RESOURCES = 500;

/** The transforms that a template declares. */
export function transformsOf({ Transform }: DataMap): string[] {
  if (Transform === undefined) return [];
  const all: readonly Data[] = Array.isArray(Transform) ? Transform : [Transform];
  return all.map((each) => (isMap(each) ? dataText(each.Name) : dataText(each)));
}

/**
 * Checks the structure of a template whose transforms are done.
 *
 * @throws ServiceError `ValidationError`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
export function readTemplate(data: DataMap): Template {
  const unknown = Object.keys(data).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0) {
    throw invalid(`Invalid template property or properties [${unknown.join(', ')}]`);
  }
  const { AWSTemplateFormatVersion: version = FORMAT_VERSION, Description: description } = data;
  if (version !== FORMAT_VERSION) {
    throw invalid(
      `Template format error: Unsupported template format version ${dataText(version)}.`,
    );
  }
  if (description !== undefined && typeof description !== 'string') {
    throw invalid('Template format error: Description must be a string.');
  }
  for (const name of ['Conditions', 'Resources', 'Outputs']) {
    refuseUnknownFunctions(section(data, name));
  }
  refuseUnknownFunctions(section(data, 'Rules'), RULE_FUNCTIONS);
  return {
    description,
    metadata: data.Metadata,
    transforms: transformsOf(data),
    parameters: readParameters(section(data, 'Parameters')),
    mappings: readMappings(section(data, 'Mappings')),
    conditions: section(data, 'Conditions'),
    rules: readRules(section(data, 'Rules')),
    resources: readResources(section(data, 'Resources')),
    outputs: readOutputs(section(data, 'Outputs')),
  };
}

function section(data: DataMap, name: string): DataMap {
  const value = data[name] ?? {};
  if (!isMap(value)) throw invalid(`Template format error: ${name} must be an object.`);
  return value;
}

function readMappings(mappings: DataMap): Record<string, DataMap> {
  return Object.fromEntries(
    Object.entries(mappings).map(([name, mapping]) => {
      if (!isMap(mapping) || !Object.values(mapping).every(isMap)) {
        throw invalid(
          `Template format error: Every Mappings member must be a map of maps. [${name}]`,
        );
      }
      return [name, mapping];
    }),
  );
}

function readResources(resources: DataMap): Record<string, ResourceDeclaration> {
  const names = Object.keys(resources);
  if (names.length === 0) {
    throw invalid('Template format error: At least one Resources member must be defined.');
  }
  if (names.length > MAX_RESOURCES) {
    throw invalid(
      `Template format error: Number of resources, ${names.length}, is greater than maximum allowed, ${MAX_RESOURCES}`,
    );
  }
  return Object.fromEntries(
    Object.entries(resources).map(([name, resource]) => [name, readResource(name, resource)]),
  );
}

function readResource(name: string, resource: Data): ResourceDeclaration {
  if (!LOGICAL_ID.test(name)) {
    throw invalid(`Template format error: Resource name ${name} is non alphanumeric.`);
  }
  if (!isMap(resource)) {
    throw invalid(
      `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
    );
  }
  const unknown = Object.keys(resource).find((each) => !RESOURCE_PROPERTIES.has(each));
  if (unknown !== undefined) throw invalid(`Invalid template resource property '${unknown}'`);
  const { Type: type, Properties: properties = {}, DependsOn: dependsOn = [] } = resource;
  if (typeof type !== 'string') {
    throw invalid(
      `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
    );
  }
  if (!isMap(properties)) {
    throw invalid(`Template format error: [/Resources/${name}/Properties] must be an object.`);
  }
  const all: readonly Data[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  return {
    type,
    properties,
    dependsOn: all.map(dataText),
    condition: resource.Condition === undefined ? undefined : dataText(resource.Condition),
    deletionPolicy: policyOf(name, type, 'DeletionPolicy', resource.DeletionPolicy),
    updateReplacePolicy: policyOf(name, type, 'UpdateReplacePolicy', resource.UpdateReplacePolicy),
    metadata: resource.Metadata,
  };
}

function policyOf(name: string, type: string, attribute: string, value: Data = 'Delete') {
  if (value === 'Delete' || value === 'Retain') return value;
  if (value === 'RetainExceptOnCreate' && attribute === 'DeletionPolicy') return value;
  if (value === 'Snapshot') {
    throw invalid(
      `Template error: resource type ${type} does not support deletion policy Snapshot`,
    );
  }
  const values: readonly DeletionPolicy[] = ['Delete', 'Retain', 'RetainExceptOnCreate'];
  throw invalid(
    `Template format error: Unrecognized ${attribute} ${dataText(value)} for resource ${name}. It is one of ${values.join(', ')}.`,
  );
}

function readOutputs(outputs: DataMap): Record<string, OutputDeclaration> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => {
      if (!LOGICAL_ID.test(name)) {
        throw invalid(`Template format error: Output name ${name} is non alphanumeric.`);
      }
      if (!isMap(output) || output.Value === undefined) {
        throw invalid(
          `Template format error: Every Outputs member must contain a Value object. [${name}]`,
        );
      }
      const { Value: value, Description, Export, Condition } = output;
      return [
        name,
        {
          value,
          description: Description === undefined ? undefined : dataText(Description),
          exportName: isMap(Export) ? Export.Name : undefined,
          condition: Condition === undefined ? undefined : dataText(Condition),
        },
      ];
    }),
  );
}
