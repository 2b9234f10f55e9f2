import { ServiceError } from '../errors.ts';
import type { Shape } from './shape.ts';

const JAVA_NAMES: Partial<Record<Shape['kind'], string>> = {
  string: 'String',
  integer: 'Integer',
  long: 'Long',
  double: 'Double',
  boolean: 'Boolean',
  blob: 'Blob',
  timestamp: 'Date',
};

/**
 * The services' framework names the JSON token that it met and the type that it wanted; the wording is the one that
 * AWS's JSON services answer with.
 */
export function serializationError(value: unknown, wanted: Shape['kind']): ServiceError {
  return new ServiceError('SerializationException', describe(value, wanted), {
    origin: 'framework',
  });
}

function describe(value: unknown, wanted: Shape['kind']): string {
  const java = JAVA_NAMES[wanted];
  if (Array.isArray(value)) {
    return java === undefined
      ? 'Start of list found where not expected'
      : `Unrecognized collection type class java.lang.${java}`;
  }
  if (typeof value === 'object') return 'Start of structure or map found where not expected';
  if (java === undefined) return 'Unexpected field type';
  return `${token(value)} cannot be converted to ${java}`;
}

function token(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return 'STRING_VALUE';
}
