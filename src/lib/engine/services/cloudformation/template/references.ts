import { type Data, dataText, isMap } from './data.ts';
import { functionOf } from './functions.ts';
import { subParts } from './substitute.ts';

/** A name that a value uses, and what for. */
export type Reference =
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: string }
  | { readonly kind: 'condition'; readonly name: string }
  | { readonly kind: 'import'; readonly name: Data };

/**
 * The names that a value uses.
 *
 * @param holds which branch of `Fn::If` counts; both do unless given.
 */
export function referencesIn(value: Data, holds?: (condition: string) => boolean): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item: Data) => referencesIn(item, holds));
  const call = functionOf(value);
  if (call !== undefined) return referencesOfCall(call, holds);
  if (!isMap(value)) return [];
  return Object.values(value).flatMap((member) => referencesIn(member, holds));
}

function referencesOfCall(
  [name, argument]: readonly [string, Data],
  holds: ((condition: string) => boolean) | undefined,
): Reference[] {
  switch (name) {
    case 'Ref':
      return [{ kind: 'ref', name: dataText(argument) }];
    case 'Fn::GetAtt':
      return attributeReferences(argument, holds);
    case 'Fn::Sub':
      return subReferences(argument, holds);
    case 'Fn::ImportValue':
      return [{ kind: 'import', name: argument }, ...referencesIn(argument, holds)];
    case 'Fn::If': {
      if (!Array.isArray(argument)) return [];
      const [condition, whenTrue = null, whenFalse = null] = argument as readonly Data[];
      const own: Reference = { kind: 'condition', name: dataText(condition) };
      if (holds === undefined) return [own, ...referencesIn([whenTrue, whenFalse])];
      return [own, ...referencesIn(holds(own.name) ? whenTrue : whenFalse, holds)];
    }
    default:
      return referencesIn(argument, holds);
  }
}

/** Name and attribute of `Fn::GetAtt`, which may be one text in JSON as well. */
export function attributeParts(argument: Data): readonly [name: Data, attribute: Data] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 0 ? [argument, ''] : [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [name = '', ...rest] = Array.isArray(argument) ? (argument as readonly Data[]) : [];
  return [name, rest.length === 1 ? (rest[0] ?? '') : rest.map(dataText).join('.')];
}

function attributeReferences(
  argument: Data,
  holds: ((condition: string) => boolean) | undefined,
): Reference[] {
  const [name, attribute] = attributeParts(argument);
  const own: Reference = {
    kind: 'attribute',
    name: dataText(name),
    attribute: typeof attribute === 'string' ? attribute : '',
  };
  return [own, ...referencesIn(attribute, holds)];
}

function subReferences(
  argument: Data,
  holds: ((condition: string) => boolean) | undefined,
): Reference[] {
  const [text, given = {}] = Array.isArray(argument) ? (argument as readonly Data[]) : [argument];
  const own = isMap(given) ? given : {};
  const parts = subParts(typeof text === 'string' ? text : '');
  const found = parts.flatMap((part): Reference[] => {
    if ('text' in part || Object.hasOwn(own, part.name)) return [];
    const dot = part.name.indexOf('.');
    if (dot < 0) return [{ kind: 'ref', name: part.name }];
    return [
      { kind: 'attribute', name: part.name.slice(0, dot), attribute: part.name.slice(dot + 1) },
    ];
  });
  return [...found, ...referencesIn(own, holds)];
}
