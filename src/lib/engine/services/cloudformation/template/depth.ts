import type { ServiceError } from '../../../errors.ts';
import { invalid } from '../errors.ts';

/** Deeper than any property goes. */
export const MAX_DEPTH = 100;

export function tooDeep(): ServiceError {
  return invalid('Template format error: the template is nested too deeply.');
}
