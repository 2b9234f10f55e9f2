import { invalid } from '../errors.ts';
import { transform } from '../sam/transform.ts';
import { checkTemplate } from './check.ts';
import { conditionReader } from './conditions.ts';
import type { DataMap } from './data.ts';
import { evaluate, type Scope, type Value } from './evaluate.ts';
import { inOrder } from './order.ts';
import { type GivenParameter, parameterValue, parameterValues } from './parameters.ts';
import { parseTemplate } from './parse.ts';
import { pseudoParameters, type StackPlace } from './pseudo-parameters.ts';
import { readTemplate } from './read.ts';
import { referencesIn } from './references.ts';
import { checkRules } from './rules.ts';
import type { Template } from './template.ts';

/** A template that was read and checked, and what its transforms made of it. */
export interface ReadTemplate {
  readonly template: Template;
  /** The template as data, with its transforms done. */
  readonly processed: DataMap;
}

/** Templates that were read last: what is told of a stack is read from its template. */
const recent = new Map<string, ReadTemplate>();
const MAX_RECENT = 50;

/** Reads and checks a template. @throws ServiceError `ValidationError` */
export async function readTemplateText(text: string): Promise<ReadTemplate> {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const read = await readAndCheck(text);
  const [oldest] = recent.keys();
  if (recent.size >= MAX_RECENT && oldest !== undefined) recent.delete(oldest);
  recent.set(text, read);
  return read;
}

async function readAndCheck(text: string): Promise<ReadTemplate> {
  const processed = transform(await parseTemplate(text));
  const template = readTemplate(processed);
  checkTemplate(template);
  inOrder(resourceNames(template), (name) => dependenciesOf(template, name));
  return { template, processed };
}

/** What a template is of a stack with given parameters. */
export interface Compiled extends ReadTemplate {
  readonly parameters: Readonly<Record<string, string>>;
  /** Logical ids of the resources whose condition holds, each after those that it needs. */
  readonly order: readonly string[];
  /** Logical ids that a resource needs. */
  dependencies(logicalId: string): readonly string[];
  holds(condition: string): boolean;
  /** Evaluates with what is known of the resources. */
  scope(resources: ResourceValues): Scope;
}

/** What `Ref` and `Fn::GetAtt` give for the resources of a stack. */
export interface ResourceValues {
  ref(logicalId: string): Value;
  attribute(logicalId: string, attribute: string): Value;
  imported(name: string): Value;
}

/** @throws ServiceError `ValidationError` */
export async function compile(
  text: string,
  given: readonly GivenParameter[],
  place: StackPlace,
  notificationArns: readonly string[],
): Promise<Compiled> {
  const { template, processed } = await readTemplateText(text);
  const parameters = parameterValues(template.parameters, given);
  const pseudo = pseudoParameters(place, notificationArns);
  const base = {
    mapping: mappingReader(template),
    region: place.region,
    ref(name: string): Value {
      if (Object.hasOwn(pseudo, name)) return pseudo[name] as Value;
      const declared = template.parameters[name];
      if (declared === undefined || !Object.hasOwn(template.parameters, name)) {
        throw unresolved(name);
      }
      return parameterValue(declared, parameters[name] ?? '');
    },
  };
  const holds = conditionReader(template.conditions, { ...base, ...NO_RESOURCES });
  checkRules(template.rules, { ...base, ...NO_RESOURCES, holds });
  const isMade = (name: string): boolean => {
    const condition = template.resources[name]?.condition;
    return condition === undefined || holds(condition);
  };
  // Each is asked for, so that one that is malformed is refused wherever it is used.
  for (const name of Object.keys(template.conditions)) holds(name);
  const dependencies = (name: string) => dependenciesOf(template, name, holds);
  const names = resourceNames(template).filter(isMade);
  return {
    template,
    processed,
    parameters,
    holds,
    dependencies: (name) => dependencies(name).filter((each) => names.includes(each)),
    order: inOrder(names, dependencies),
    scope: (resources) => ({
      ...base,
      holds,
      imported: resources.imported,
      ref(name) {
        if (!Object.hasOwn(template.resources, name)) return base.ref(name);
        if (!names.includes(name)) throw unresolved(name);
        return resources.ref(name);
      },
      attribute(name, attribute) {
        if (!names.includes(name)) throw unresolved(name);
        return resources.attribute(name, attribute);
      },
    }),
  };
}

/** The properties of a resource, evaluated. @throws ServiceError `ValidationError` */
export function evaluatedProperties(
  { template }: Compiled,
  scope: Scope,
  logicalId: string,
): Readonly<Record<string, Value>> {
  const properties = template.resources[logicalId]?.properties ?? {};
  return evaluate(properties, scope) as Readonly<Record<string, Value>>;
}

/** Conditions know parameters and mappings only. */
const NO_RESOURCES = {
  attribute(name: string): Value {
    throw unresolved(name);
  },
  imported(): Value {
    throw invalid('Template error: Fn::ImportValue cannot be used in the Conditions section');
  },
};

function unresolved(name: string) {
  return invalid(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );
}

function mappingReader({ mappings }: Template): Scope['mapping'] {
  return (map, top, second) => {
    const mapping = Object.hasOwn(mappings, map) ? mappings[map] : undefined;
    const found = (mapping?.[top] as DataMap | undefined)?.[second];
    if (found !== undefined) return found;
    throw invalid(`Template error: Unable to get mapping for ${map}::${top}::${second}`);
  };
}

/**
 * Logical ids as they stand in the template, but for policies of roles, which come first among what can be made next: on
 * AWS resources are made side by side, and what uses a role is tried again until its policies are there.
 */
function resourceNames({ resources }: Template): string[] {
  const isPolicy = (name: string) => /^AWS::IAM::.*Policy$/.test(resources[name]?.type ?? '');
  const names = Object.keys(resources);
  return [...names.filter(isPolicy), ...names.filter((name) => !isPolicy(name))];
}

/** Without `holds`, those of both branches of each `Fn::If`. */
function dependenciesOf(
  { resources }: Template,
  name: string,
  holds?: (condition: string) => boolean,
): string[] {
  const resource = resources[name];
  if (resource === undefined) return [];
  const referred = referencesIn(resource.properties, holds).flatMap((reference) =>
    reference.kind === 'ref' || reference.kind === 'attribute' ? [reference.name] : [],
  );
  const all = new Set([...resource.dependsOn, ...referred]);
  return [...all].filter((each) => Object.hasOwn(resources, each));
}
