import { invalid } from '../errors.ts';
import { type Data, type DataMap, dataText, isMap, sameData } from './data.ts';
import { evaluate, type Scope } from './evaluate.ts';

/** Conditions that `Fn::And` and `Fn::Or` take at least and at most. */
const FEWEST = 2;
const MOST = 10;

/**
 * Makes the function that says whether a condition of a template holds.
 *
 * @param scope of what conditions may refer to: parameters and mappings.
 */
export function conditionReader(
  conditions: DataMap,
  scope: Omit<Scope, 'holds'>,
): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const open: string[] = [];
  const holds = (name: string): boolean => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const condition = conditions[name];
    if (condition === undefined || !Object.hasOwn(conditions, name)) {
      throw invalid(
        `Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`,
      );
    }
    if (open.includes(name)) {
      throw invalid(
        `Template error: Found circular condition dependency: ${[...open, name].join(' -> ')}`,
      );
    }
    open.push(name);
    const result = test(condition);
    open.pop();
    known.set(name, result);
    return result;
  };
  const test = conditionTest({ ...scope, holds });
  return holds;
}

/** Functions that say yes or no, by name. */
export type Functions = Readonly<Record<string, (argument: Data) => boolean>>;

/**
 * Makes the function that says whether an expression of conditions holds.
 *
 * @param more functions than conditions have. @param section of the template, as errors name it.
 */
export function conditionTest(
  scope: Scope,
  more: Functions = {},
  section = 'Conditions',
): (condition: Data) => boolean {
  const test = (condition: Data): boolean => {
    if (!isMap(condition)) throw malformed(section);
    const [name = '', argument = null] = Object.entries(condition)[0] ?? [];
    switch (name) {
      case 'Condition':
        return scope.holds(dataText(argument));
      case 'Fn::Equals': {
        if (!Array.isArray(argument) || argument.length !== 2) {
          throw invalid('Template error: Fn::Equals requires a list argument with two elements');
        }
        const [one, other] = argument.map((each: Data) => evaluate(each, scope));
        return sameData(comparable(one), comparable(other));
      }
      case 'Fn::Not':
        return !several(name, argument, 1, 1).every(test);
      case 'Fn::And':
        return several(name, argument, FEWEST, MOST).every(test);
      case 'Fn::Or':
        return several(name, argument, FEWEST, MOST).some(test);
      default: {
        const own = Object.hasOwn(more, name) ? more[name] : undefined;
        if (own === undefined) throw malformed(section);
        return own(argument);
      }
    }
  };
  return test;
}

/** CloudFormation compares texts: `true` of YAML and `"true"` are the same. */
function comparable(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? dataText(value) : value;
}

function several(name: string, argument: Data, fewest: number, most: number): readonly Data[] {
  const all: readonly Data[] = Array.isArray(argument) ? argument : [];
  if (all.length >= fewest && all.length <= most) return all;
  const count = fewest === most ? `${fewest}` : `between ${fewest} and ${most}`;
  throw invalid(`Template error: every ${name} object requires ${count} boolean parameters.`);
}

function malformed(section: string) {
  return invalid(
    `Template format error: Every ${section} member must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.`,
  );
}
