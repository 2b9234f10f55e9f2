import { invalid } from '../errors.ts';
import { RESOURCE_TYPES } from '../resources/index.ts';
import type { Data, DataMap } from './data.ts';
import { isPseudoParameter } from './pseudo-parameters.ts';
import { type Reference, referencesIn } from './references.ts';
import type { Template } from './template.ts';

/**
 * Checks that everything a template names is there: resource types, and what its functions refer to.
 *
 * @throws ServiceError `ValidationError`
 */
export function checkTemplate(template: Template): void {
  checkTypes(template);
  for (const [name, { properties, dependsOn, condition }] of Object.entries(template.resources)) {
    checkReferences(template, 'Resources', name, properties);
    const missing = dependsOn.filter((each) => !Object.hasOwn(template.resources, each));
    if (missing.length > 0) throw unresolved(missing, 'Resources');
    checkCondition(template, condition, 'Resources');
  }
  for (const [name, { value, exportName, condition }] of Object.entries(template.outputs)) {
    const values: readonly Data[] = exportName === undefined ? [value] : [value, exportName];
    checkReferences(template, 'Outputs', name, values);
    checkCondition(template, condition, 'Outputs');
  }
  for (const name of Object.keys(template.mappings)) {
    if (!/^[A-Za-z0-9.-]+$/.test(name)) {
      throw invalid(`Template format error: Mapping name ${name} is non alphanumeric.`);
    }
  }
}

function checkTypes({ resources }: Template): void {
  const types = Object.values(resources).map(({ type }) => type);
  const unknown = [...new Set(types)].filter((type) => !Object.hasOwn(RESOURCE_TYPES, type));
  if (unknown.length === 0) return;
  throw invalid(
    `Template format error: Unrecognized resource types: [${unknown.join(', ')}]. ${insteadOf(unknown)}`,
  );
}

const NESTED_STACK = 'AWS::CloudFormation::Stack';

/** What the engine has in the place of what it has not. */
function insteadOf(unknown: readonly string[]): string {
  if (unknown.includes(NESTED_STACK)) {
    return 'The local engine does not support nested stacks: deploy each template as a stack of its own, and pass values on by Outputs with Export and Fn::ImportValue.';
  }
  const services = new Set(unknown.map((type) => type.split('::', 2).join('::')));
  const near = Object.keys(RESOURCE_TYPES).filter((type) =>
    services.has(type.split('::', 2).join('::')),
  );
  if (near.length > 0) return `The local engine makes ${near.join(', ')}.`;
  return `The local engine has nothing of ${[...services].join(', ')}: docs/cloudformation.md names what it makes.`;
}

function checkReferences(
  template: Template,
  section: 'Resources' | 'Outputs',
  name: string,
  value: Data | DataMap,
): void {
  const references = referencesIn(value);
  const missing = references.flatMap((each) => missingName(template, each) ?? []);
  if (missing.length > 0) throw unresolved([...new Set(missing)], section);
  for (const reference of references) {
    if (reference.kind === 'condition') checkCondition(template, reference.name, section);
    if (reference.kind === 'attribute') checkAttribute(template, name, reference);
  }
}

function missingName({ parameters, resources }: Template, reference: Reference) {
  if (reference.kind === 'ref') {
    const { name } = reference;
    const isThere = [parameters, resources].some((section) => Object.hasOwn(section, name));
    return isThere || isPseudoParameter(name) ? undefined : name;
  }
  if (reference.kind !== 'attribute') return undefined;
  return Object.hasOwn(resources, reference.name) ? undefined : reference.name;
}

function checkAttribute(
  { resources }: Template,
  user: string,
  { name, attribute }: Extract<Reference, { kind: 'attribute' }>,
): void {
  const type = resources[name]?.type ?? '';
  // An attribute that a function gives isn't known before.
  if (attribute === '' || RESOURCE_TYPES[type]?.attributes.includes(attribute)) return;
  throw invalid(
    `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt (used by ${user})`,
  );
}

function checkCondition({ conditions }: Template, name: string | undefined, section: string): void {
  if (name === undefined || Object.hasOwn(conditions, name)) return;
  throw invalid(
    `Template format error: Unresolved condition dependency ${name} in the ${section} block of the template`,
  );
}

function unresolved(names: readonly string[], section: string) {
  return invalid(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the ${section} block of the template`,
  );
}
