import { invalid } from '../errors.ts';
import type { ParameterDeclaration } from './template.ts';

/** A parameter as a caller gives it. */
export interface GivenParameter {
  readonly key: string;
  readonly value: string;
  /** What Systems Manager has under the name that is the value. */
  readonly resolved?: string;
}

/**
 * The values of a template's parameters, as text: those given, and defaults for the others.
 *
 * @throws ServiceError `ValidationError`
 */
export function parameterValues(
  declared: Readonly<Record<string, ParameterDeclaration>>,
  given: readonly GivenParameter[],
): Record<string, string> {
  const unknown = given.map(({ key }) => key).filter((key) => !Object.hasOwn(declared, key));
  if (unknown.length > 0) {
    throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const values = new Map(given.map(({ key, value, resolved }) => [key, resolved ?? value]));
  const missing = Object.keys(declared).filter(
    (name) => !values.has(name) && declared[name]?.defaultValue === undefined,
  );
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const value = values.get(name) ?? declaration.defaultValue ?? '';
      checkValue(name, value, declaration);
      return [name, value];
    }),
  );
}

/** Whether a parameter is a list to what refers to it. */
function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

/** What `Ref` of a parameter gives. */
export function parameterValue(
  { valueType }: ParameterDeclaration,
  text: string,
): string | string[] {
  return isList(valueType) ? text.split(',').map((each) => each.trim()) : text;
}

function checkValue(name: string, value: string, declaration: ParameterDeclaration): void {
  const { constraintDescription } = declaration;
  const items = [parameterValue(declaration, value)].flat();
  for (const item of items) {
    const problem = problemOf(name, item, declaration);
    if (problem === undefined) continue;
    throw invalid(
      constraintDescription === undefined
        ? problem
        : `Parameter ${name} failed to satisfy constraint: ${constraintDescription}`,
    );
  }
}

function problemOf(
  name: string,
  item: string,
  declaration: ParameterDeclaration,
): string | undefined {
  const { valueType, allowedValues, allowedPattern } = declaration;
  const { minLength, maxLength, minValue, maxValue } = declaration;
  if (/^(?:Number|List<Number>)$/.test(valueType)) {
    if (item.trim() === '' || !Number.isFinite(Number(item))) {
      return `Parameter '${name}' must be a number`;
    }
    if (minValue !== undefined && Number(item) < minValue) {
      return `Parameter '${name}' must be a number not less than ${minValue}`;
    }
    if (maxValue !== undefined && Number(item) > maxValue) {
      return `Parameter '${name}' must be a number not greater than ${maxValue}`;
    }
  }
  if (allowedValues !== undefined && !allowedValues.includes(item)) {
    return `Parameter '${name}' must be one of AllowedValues`;
  }
  if (allowedPattern !== undefined && !new RegExp(`^(?:${allowedPattern})$`).test(item)) {
    return `Parameter '${name}' must match pattern ${allowedPattern}`;
  }
  if (minLength !== undefined && item.length < minLength) {
    return `Parameter '${name}' must contain at least ${minLength} characters`;
  }
  if (maxLength !== undefined && item.length > maxLength) {
    return `Parameter '${name}' must contain at most ${maxLength} characters`;
  }
  return undefined;
}
