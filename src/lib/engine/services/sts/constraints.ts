import { ServiceError } from '../../errors.ts';

/** One member's bounds, as the service's model gives them. */
export interface Constraint {
  /** The member's name as STS writes it in errors: with a lower-case first letter. */
  readonly name: string;
  readonly value: string | number | undefined;
  /** Length of a string, size of a number. */
  readonly min: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** The pattern as the service words it. */
  readonly patternText?: string;
}

/**
 * @throws ServiceError `ValidationError`, naming every bound that is broken.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
export function checkConstraints(constraints: readonly Constraint[]): void {
  const broken = constraints.flatMap(violations);
  if (broken.length === 0) return;
  const noun = broken.length === 1 ? 'error' : 'errors';
  throw new ServiceError(
    'ValidationError',
    `${broken.length} validation ${noun} detected: ${broken.join('; ')}`,
  );
}

function violations({ name, value, min, max, pattern, patternText }: Constraint): string[] {
  if (value === undefined) return [];
  const rules: string[] = [];
  if (typeof value === 'number') {
    if (value < min) rules.push(`Member must have value greater than or equal to ${min}`);
    if (max !== undefined && value > max) {
      rules.push(`Member must have value less than or equal to ${max}`);
    }
  } else {
    if (value.length < min) {
      rules.push(`Member must have length greater than or equal to ${min}`);
    }
    if (max !== undefined && value.length > max) {
      rules.push(`Member must have length less than or equal to ${max}`);
    }
    if (pattern !== undefined && !pattern.test(value)) {
      rules.push(`Member must satisfy regular expression pattern: ${patternText}`);
    }
  }
  return rules.map((rule) => `Value '${value}' at '${name}' failed to satisfy constraint: ${rule}`);
}
