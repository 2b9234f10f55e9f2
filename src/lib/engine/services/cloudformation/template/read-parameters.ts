import { invalid } from '../errors.ts';
import { type Data, type DataMap, dataText, isMap } from './data.ts';
import type { ParameterDeclaration } from './template.ts';

const TYPES =
  /^(?:String|Number|CommaDelimitedList|(?:List<)?(?:String|Number|AWS::(?!SSM::)[\w:]+)>?|AWS::SSM::Parameter::Name)$/;
/** A parameter whose value is the name of one of Systems Manager, and which stands for the value of that. */
const STORED = /^AWS::SSM::Parameter::Value<(.+)>$/;
const MEMBERS: ReadonlySet<string> = new Set([
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Default',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
  'Type',
]);

/**
 * Reads the section Parameters.
 *
 * @throws ServiceError `ValidationError`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function readParameters(section: DataMap): Record<string, ParameterDeclaration> {
  return Object.fromEntries(
    Object.entries(section).map(([name, parameter]) => [name, readParameter(name, parameter)]),
  );
}

function readParameter(name: string, parameter: Data): ParameterDeclaration {
  if (!/^[A-Za-z0-9]+$/.test(name)) {
    throw invalid(`Template format error: Parameter name ${name} is non alphanumeric.`);
  }
  if (!isMap(parameter) || typeof parameter.Type !== 'string') {
    throw invalid(
      `Template format error: Every Parameters object must contain a Type member. [${name}]`,
    );
  }
  const unknown = Object.keys(parameter).find((each) => !MEMBERS.has(each));
  if (unknown !== undefined) {
    throw invalid(`Invalid template parameter property '${unknown}'`);
  }
  const { Type: type } = parameter;
  const [, valueType = type] = STORED.exec(type) ?? [];
  if (!TYPES.test(valueType)) {
    throw invalid(`Template format error: Unrecognized parameter type: ${type}`);
  }
  const { AllowedValues: allowed, AllowedPattern: pattern } = parameter;
  return {
    type,
    valueType,
    isStored: valueType !== type,
    description: textOf(parameter.Description),
    defaultValue: textOf(parameter.Default),
    allowedValues: Array.isArray(allowed) ? allowed.map(dataText) : undefined,
    allowedPattern: pattern === undefined ? undefined : checkedPattern(name, dataText(pattern)),
    constraintDescription: textOf(parameter.ConstraintDescription),
    noEcho: dataText(parameter.NoEcho) === 'true',
    minLength: numberOf(parameter.MinLength),
    maxLength: numberOf(parameter.MaxLength),
    minValue: numberOf(parameter.MinValue),
    maxValue: numberOf(parameter.MaxValue),
  };
}

function checkedPattern(name: string, pattern: string): string {
  try {
    new RegExp(pattern);
    return pattern;
  } catch {
    throw invalid(`Template error: the AllowedPattern of parameter ${name} is not a valid pattern`);
  }
}

function textOf(value: Data | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.join(',') : dataText(value);
}

function numberOf(value: Data | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
