import { invalid } from '../errors.ts';
import { conditionTest, type Functions } from './conditions.ts';
import { type Data, type DataMap, dataText, isMap } from './data.ts';
import { evaluate, type Scope } from './evaluate.ts';
import type { RuleDeclaration } from './template.ts';

/** Functions that rules have besides those of conditions. */
export const RULE_FUNCTIONS: ReadonlySet<string> = new Set([
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
]);

/** Reads the section Rules. @throws ServiceError `ValidationError` */
export function readRules(section: DataMap): Record<string, RuleDeclaration> {
  return Object.fromEntries(
    Object.entries(section).map(([name, rule]) => {
      const { RuleCondition: condition, Assertions } = isMap(rule) ? rule : {};
      const assertions: readonly Data[] = Array.isArray(Assertions) ? Assertions : [];
      if (assertions.length === 0 || !assertions.every(isMap)) {
        throw invalid(`Template format error: Rule ${name} must have a list of Assertions.`);
      }
      return [name, { condition, assertions }];
    }),
  );
}

/**
 * Checks what a template's rules say of its parameters.
 *
 * @param scope of what rules may refer to: parameters.
 * @throws ServiceError `ValidationError` for an assertion that doesn't hold
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
export function checkRules(rules: Readonly<Record<string, RuleDeclaration>>, scope: Scope): void {
  const holds = conditionTest(scope, ruleFunctions(scope), 'Rules');
  for (const [name, { condition, assertions }] of Object.entries(rules)) {
    if (condition !== undefined && !holds(condition)) continue;
    const broken = assertions.find(({ Assert = null }) => !holds(Assert));
    if (broken === undefined) continue;
    const what = broken.AssertDescription ?? broken.Assert ?? '';
    throw invalid(`Template validation error: rule ${name} is not satisfied: ${dataText(what)}`);
  }
}

function ruleFunctions(scope: Scope): Functions {
  const listsOf = (name: string, argument: Data): readonly [string[], string[]] => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw invalid(`Template error: ${name} requires a list argument with two elements`);
    }
    const [one, other] = argument.map((each: Data) => textsOf(evaluate(each, scope)));
    return [one ?? [], other ?? []];
  };
  return {
    'Fn::Contains'(argument) {
      const [all, [wanted = '']] = listsOf('Fn::Contains', argument);
      return all.includes(wanted);
    },
    'Fn::EachMemberEquals'(argument) {
      const [all, [wanted]] = listsOf('Fn::EachMemberEquals', argument);
      return all.every((each) => each === wanted);
    },
    'Fn::EachMemberIn'(argument) {
      const [all, allowed] = listsOf('Fn::EachMemberIn', argument);
      return all.every((each) => allowed.includes(each));
    },
  };
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(dataText);
}
