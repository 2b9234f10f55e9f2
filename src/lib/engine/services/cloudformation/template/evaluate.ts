import { invalid } from '../errors.ts';
import { type Data, dataText, isMap } from './data.ts';
import { functionOf } from './functions.ts';
import { attributeParts } from './references.ts';
import { subnets } from './subnets.ts';
import { subParts } from './substitute.ts';

/** What isn't known before a resource is made. */
export const UNKNOWN = Symbol('unknown');
/** `AWS::NoValue`: what has this value isn't there. */
export const NO_VALUE = Symbol('no value');

/** What a value comes to. */
export type Value =
  | string
  | number
  | boolean
  | null
  | typeof UNKNOWN
  | typeof NO_VALUE
  | readonly Value[]
  | { readonly [name: string]: Value };

/** What the names in a template stand for. */
export interface Scope {
  /** Parameters and pseudo-parameters, and what `Ref` of a resource gives. @throws ServiceError for a name that there isn't. */
  ref(name: string): Value;
  /** @throws ServiceError for a resource or an attribute that there isn't. */
  attribute(name: string, attribute: string): Value;
  /** @throws ServiceError for a condition that there isn't. */
  holds(condition: string): boolean;
  /** @throws ServiceError for a mapping that there isn't. */
  mapping(map: string, top: string, second: string): Data;
  /** @throws ServiceError for an export that there isn't. */
  imported(name: string): Value;
  readonly region: string;
}

/**
 * Evaluates the functions in a value.
 *
 * @throws ServiceError `ValidationError`, in CloudFormation's words
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function evaluate(value: Data, scope: Scope): Value {
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) {
    return value.map((item: Data) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  }
  const call = functionOf(value);
  if (call !== undefined) return apply(call[0], call[1], scope);
  if (!isMap(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, evaluate(member, scope)] as const,
  );
  return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
}

/** Whether something in a value isn't known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member: Value) => hasUnknown(member));
}

/** @throws ServiceError for a dynamic reference: the engine has neither Systems Manager nor Secrets Manager. */
function plainText(text: string): string {
  const [, service] = /\{\{resolve:([\w-]+):/.exec(text) ?? [];
  if (service === undefined) return text;
  throw invalid(
    `Template error: the local engine does not support dynamic references ({{resolve:${service}:…}}). Use a parameter.`,
  );
}

function apply(name: string, argument: Data, scope: Scope): Value {
  switch (name) {
    case 'Ref':
      return scope.ref(dataText(argument));
    case 'Fn::GetAtt': {
      const [resource, attribute] = attributeParts(argument);
      const evaluated = evaluate(attribute, scope);
      return scope.attribute(dataText(resource), dataText(evaluated));
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Join':
      return join(argument, scope);
    case 'Fn::Select':
      return select(argument, scope);
    case 'Fn::Split':
      return split(argument, scope);
    case 'Fn::FindInMap':
      return findInMap(argument, scope);
    case 'Fn::If':
      return choose(argument, scope);
    case 'Fn::Base64': {
      const text = evaluate(argument, scope);
      return text === UNKNOWN ? UNKNOWN : Buffer.from(asText(text, name)).toString('base64');
    }
    case 'Fn::ImportValue': {
      const exported = evaluate(argument, scope);
      return exported === UNKNOWN ? UNKNOWN : scope.imported(asText(exported, name));
    }
    case 'Fn::Cidr':
      return cidr(argument, scope);
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${zoneRegion(argument, scope)}${zone}`);
    default:
      throw invalid(`Template error: ${name} can only be used in the Conditions section`);
  }
}

function zoneRegion(argument: Data, scope: Scope): string {
  const region = evaluate(argument, scope);
  return typeof region === 'string' && region !== '' ? region : scope.region;
}

function choose(argument: Data, scope: Scope): Value {
  const [condition, whenTrue, whenFalse] = listOf(argument) ?? [];
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) {
    throw invalid('Template error: Fn::If requires a list argument with three elements');
  }
  return evaluate(scope.holds(condition) ? whenTrue : whenFalse, scope);
}

function substitute(argument: Data, scope: Scope): Value {
  const [text, given = {}] = Array.isArray(argument) ? (argument as readonly Data[]) : [argument];
  if (typeof text !== 'string' || !isMap(given)) {
    throw invalid(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  let result = '';
  for (const part of subParts(plainText(text))) {
    if ('text' in part) {
      result += part.text;
      continue;
    }
    const { name } = part;
    const dot = name.indexOf('.');
    const own = given[name];
    const value =
      own !== undefined
        ? evaluate(own, scope)
        : dot < 0
          ? scope.ref(name)
          : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
    if (value === UNKNOWN) return UNKNOWN;
    result += asText(value, 'Fn::Sub');
  }
  return result;
}

const JOIN =
  'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.';

function join(argument: Data, scope: Scope): Value {
  const [delimiter, given] = listOf(argument) ?? [];
  if (typeof delimiter !== 'string' || given === undefined) throw invalid(JOIN);
  const items = evaluate(given, scope);
  if (items === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(items)) throw invalid(JOIN);
  const all = items as readonly Value[];
  if (all.some((item) => item === UNKNOWN)) return UNKNOWN;
  return all.map((item) => asText(item, 'Fn::Join')).join(delimiter);
}

const SELECT =
  'Template error: Fn::Select requires a list argument with two elements: an integer index and a list';

function select(argument: Data, scope: Scope): Value {
  const [at, given] = listOf(argument) ?? [];
  if (at === undefined || given === undefined) throw invalid(SELECT);
  const index = evaluate(at, scope);
  const items = evaluate(given, scope);
  if (index === UNKNOWN || items === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(items)) throw invalid(SELECT);
  const found = /^\d+$/.test(dataText(index))
    ? (items as readonly Value[])[Number(index)]
    : undefined;
  if (found === undefined) {
    throw invalid(
      `Template error: Fn::Select cannot select nonexistent value at index ${dataText(index)}`,
    );
  }
  return found;
}

function split(argument: Data, scope: Scope): Value {
  const [delimiter, given] = listOf(argument) ?? [];
  const text = given === undefined ? NO_VALUE : evaluate(given, scope);
  if (text === UNKNOWN) return UNKNOWN;
  if (typeof delimiter !== 'string' || delimiter === '' || typeof text !== 'string') {
    throw invalid(
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  }
  return text.split(delimiter);
}

function cidr(argument: Data, scope: Scope): Value {
  const given = (listOf(argument) ?? []).map((each) => evaluate(each, scope));
  if (given.includes(UNKNOWN)) return UNKNOWN;
  const [block, count, bits] = given.map((each) => asText(each, 'Fn::Cidr'));
  if (block === undefined || count === undefined || bits === undefined) {
    throw invalid('Template error: Fn::Cidr requires a list argument with three elements');
  }
  return subnets(block, Number(count), Number(bits));
}

function findInMap(argument: Data, scope: Scope): Value {
  const [map, top, second, options] = listOf(argument) ?? [];
  if (map === undefined || top === undefined || second === undefined) {
    throw invalid(
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  }
  const [name, first, last] = [map, top, second].map((each) => evaluate(each, scope));
  const fallback = isMap(options) ? options.DefaultValue : undefined;
  try {
    const found = scope.mapping(dataText(name), dataText(first), dataText(last));
    return Array.isArray(found) ? (found as readonly Value[]) : (found as Value);
  } catch (error) {
    if (fallback === undefined) throw error;
    return evaluate(fallback, scope);
  }
}

function listOf(argument: Data): readonly Data[] | undefined {
  return Array.isArray(argument) ? (argument as readonly Data[]) : undefined;
}

function asText(value: Value | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return dataText(value);
  throw invalid(
    `Template error: the arguments of ${name} have to be strings, or functions that return strings`,
  );
}
