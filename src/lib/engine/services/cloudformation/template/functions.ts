import { invalid } from '../errors.ts';
import { type Data, isMap } from './data.ts';

/** Functions that properties and outputs may have, besides `Ref`. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  'Fn::Base64',
  'Fn::Cidr',
  'Fn::FindInMap',
  'Fn::GetAtt',
  'Fn::GetAZs',
  'Fn::If',
  'Fn::ImportValue',
  'Fn::Join',
  'Fn::Select',
  'Fn::Split',
  'Fn::Sub',
]);

/** Functions of conditions, and of what they are made of. */
export const CONDITION_FUNCTIONS: ReadonlySet<string> = new Set([
  'Fn::And',
  'Fn::Equals',
  'Fn::Not',
  'Fn::Or',
]);

/** The function that an object stands for, with what it is applied to; undefined for any other value. */
export function functionOf(value: Data): readonly [name: string, argument: Data] | undefined {
  if (!isMap(value)) return undefined;
  const [only, ...others] = Object.entries(value);
  if (only === undefined || others.length > 0) return undefined;
  return only[0] === 'Ref' || only[0].startsWith('Fn::') ? only : undefined;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Refuses functions that the engine doesn't have, wherever they stand.
 *
 * @param more functions that the section has besides those of the others.
 * @throws ServiceError `ValidationError`
 */
export function refuseUnknownFunctions(value: Data, more: ReadonlySet<string> = NONE): void {
  if (Array.isArray(value)) {
    for (const item of value) refuseUnknownFunctions(item, more);
    return;
  }
  if (!isMap(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const isKnown = [FUNCTIONS, CONDITION_FUNCTIONS, more].some((all) => all.has(name));
    if (name.startsWith('Fn::') && !isKnown) {
      const [, what = name] = /^(Fn::ForEach)::/.exec(name) ?? [];
      throw invalid(
        `Template error: the local engine does not support ${what}. It has Ref, ${[...FUNCTIONS, ...CONDITION_FUNCTIONS, ...more].join(', ')}.`,
      );
    }
    refuseUnknownFunctions(member, more);
  }
}
