import type { PolicyValue } from './canonical-statement.ts';
import { InvalidPolicy } from './invalid-policy.ts';
import { COMPARISONS } from './operators.ts';
import { contextValues, type PolicyRequest } from './request.ts';
import { conditionValues, isObject } from './values.ts';

/** One operator on one key: all of a statement's must hold. */
export interface ConditionRule {
  /** As the policy writes it, prefix and suffix included. */
  readonly operator: string;
  readonly key: string;
  readonly wanted: readonly string[];
  readonly holds: (request: PolicyRequest) => boolean;
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/i;

function compileNull(
  key: string,
  wanted: readonly string[],
  where: string,
): ConditionRule['holds'] {
  const absent = wanted[0]?.toLowerCase();
  if (wanted.length !== 1 || (absent !== 'true' && absent !== 'false')) {
    throw new InvalidPolicy(`${where}: Null takes true or false`);
  }
  const lower = key.toLowerCase();
  return (request) => (contextValues(request, lower, key) === undefined) === (absent === 'true');
}

/**
 * Several values are alternatives; a negated operator holds when none of them fits, and when the key is missing.
 * `ForAllValues` holds when every value of the request does, so also when there is none; `ForAnyValue` when one does.
 */
function compileRule(
  operator: string,
  key: string,
  wanted: readonly string[],
  variables: boolean,
  where: string,
): ConditionRule['holds'] {
  const [, set = '', base = '', ifExists] = OPERATOR.exec(operator) ?? [];
  if (base.toLowerCase() === 'null' && ifExists === undefined) {
    return compileNull(key, wanted, where);
  }
  const comparison = COMPARISONS.get(base.toLowerCase());
  if (comparison === undefined) throw new InvalidPolicy(`${where}: unknown operator ${operator}`);
  const { negated } = comparison;
  const patterns = wanted.map((value) => comparison.compile(value, variables));
  const lowerKey = key.toLowerCase();
  const forAll = set.toLowerCase() === 'forallvalues';
  const forAny = set.toLowerCase() === 'foranyvalue';
  const whenMissing = ifExists !== undefined || forAll || (negated && !forAny);
  // Without a set prefix a negated operator must hold for every value of the request.
  const every = forAll || (negated && !forAny);
  return (request) => {
    const values = contextValues(request, lowerKey, key);
    if (values === undefined || values.length === 0) return whenMissing;
    const fits = (value: string) => patterns.some((pattern) => pattern(value, request)) !== negated;
    return every ? values.every(fits) : values.some(fits);
  };
}

/**
 * Compiles a statement's `Condition`.
 *
 * @throws InvalidPolicy for an unknown operator, or a value that the operator can't compare with
 */
export function compileCondition(
  value: PolicyValue | undefined,
  variables: boolean,
  where: string,
): ConditionRule[] {
  if (value === undefined) return [];
  if (!isObject(value)) throw new InvalidPolicy(`${where}: Condition must be an object`);
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isObject(keys)) {
      throw new InvalidPolicy(`${where}: Condition.${operator} must be an object`);
    }
    return Object.entries(keys).map(([key, values]) => {
      const wanted = conditionValues(values, `${where}: Condition.${operator}.${key}`);
      const holds = compileRule(operator, key, wanted, variables, where);
      return { operator, key, wanted, holds };
    });
  });
}
