import type { PolicyValue } from './canonical-statement.ts';
import { type ConditionRule, compileCondition } from './condition.ts';
import { InvalidPolicy } from './invalid-policy.ts';
import { compilePrincipal } from './principal.ts';
import type { PolicyRequest } from './request.ts';
import { compilePattern } from './text-pattern.ts';
import { isObject, stringList } from './values.ts';

/** An element of a statement, compiled. */
export interface ElementRule {
  readonly name: 'Principal' | 'NotPrincipal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource';
  /** What the policy writes for it. */
  readonly wanted: PolicyValue;
  readonly holds: (request: PolicyRequest) => boolean;
}

/** A statement, checked and compiled. It applies to a request when all elements and conditions hold. */
export interface Statement {
  readonly sid: string | undefined;
  /** Position in the policy, from 0. */
  readonly index: number;
  readonly effect: 'Allow' | 'Deny';
  readonly elements: readonly ElementRule[];
  readonly conditions: readonly ConditionRule[];
}

type Source = { readonly [key: string]: PolicyValue };

const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** The one of two elements that a statement has, and whether it is the negated one. */
function oneOf<Name extends ElementRule['name']>(
  source: Source,
  name: Name,
  notName: Name,
  where: string,
): { name: Name; value: PolicyValue; negated: boolean } {
  const value = source[name];
  const notValue = source[notName];
  if (value !== undefined && notValue !== undefined) {
    throw new InvalidPolicy(`${where}: ${name} and ${notName} exclude each other`);
  }
  if (value !== undefined) return { name, value, negated: false };
  if (notValue !== undefined) return { name: notName, value: notValue, negated: true };
  throw new InvalidPolicy(`${where}: ${name} is missing`);
}

function principalRule(source: Source, where: string): ElementRule {
  const { name, value, negated } = oneOf(source, 'Principal', 'NotPrincipal', where);
  const test = compilePrincipal(value, where);
  return { name, wanted: value, holds: ({ principal }) => test(principal) !== negated };
}

function actionRule(source: Source, where: string): ElementRule {
  const { name, value, negated } = oneOf(source, 'Action', 'NotAction', where);
  const patterns = stringList(value, `${where}: ${name}`).map((action) => {
    if (action !== '*' && !action.includes(':')) {
      throw new InvalidPolicy(`${where}: ${name} ${action} names no service`);
    }
    return compilePattern(action, { wildcards: true, ignoreCase: true });
  });
  return {
    name,
    wanted: value,
    holds: (request) => patterns.some((pattern) => pattern(request.action, request)) !== negated,
  };
}

function resourceRule(
  source: Source,
  { variables, anyResource }: Dialect,
  where: string,
): ElementRule {
  const { name, value, negated } = oneOf(source, 'Resource', 'NotResource', where);
  const patterns = stringList(value, `${where}: ${name}`).map((resource) => {
    if (!anyResource && resource !== '*' && !/^arn:/.test(resource)) {
      throw new InvalidPolicy(`${where}: ${name} ${resource} is not an ARN`);
    }
    return compilePattern(resource, { wildcards: true, variables });
  });
  return {
    name,
    wanted: value,
    holds: (request) => patterns.some((pattern) => pattern(request.resource, request)) !== negated,
  };
}

/** What a policy's version and the service that keeps it make of a statement. */
export interface Dialect {
  /** Whether `${…}` stands for a value of the request. */
  readonly variables: boolean;
  /** Whether a resource may be any text: one that is not an ARN fits nothing. */
  readonly anyResource: boolean;
}

/**
 * Checks and compiles one statement ("IAM JSON policy elements: Statement").
 *
 * @throws InvalidPolicy naming the statement and what is wrong in it
 */
export function compileStatement(source: PolicyValue, index: number, dialect: Dialect): Statement {
  if (!isObject(source)) throw new InvalidPolicy(`Statement ${index} must be an object`);
  const sid = source.Sid;
  if (sid !== undefined && typeof sid !== 'string') {
    throw new InvalidPolicy(`Statement ${index}: Sid must be a string`);
  }
  const where = sid === undefined || sid === '' ? `Statement ${index}` : `Statement ${sid}`;
  const unknown = Object.keys(source).find((name) => !ELEMENTS.has(name));
  if (unknown !== undefined) throw new InvalidPolicy(`${where}: unknown element ${unknown}`);
  const effect = source.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new InvalidPolicy(`${where}: Effect must be Allow or Deny`);
  }
  return {
    sid,
    index,
    effect,
    elements: [
      principalRule(source, where),
      actionRule(source, where),
      resourceRule(source, dialect, where),
    ],
    conditions: compileCondition(source.Condition, dialect.variables, where),
  };
}
