/**
 * What an action takes and answers, as data: enough to decode the Query protocol, to check the types of the JSON
 * protocol, and to write XML. The facts come from the services' public API models.
 */
export type Shape = ScalarShape | ListShape | MapShape | StructureShape;

/** `integer` is 32 bits wide, `long` 64; a `timestamp` is a `Date`, a `blob` a `Uint8Array` in decoded values. */
export interface ScalarShape {
  readonly kind: 'string' | 'integer' | 'long' | 'double' | 'boolean' | 'blob' | 'timestamp';
}

/** `flat` lists are written `Name.1`; others `Name.member.1`. */
export interface ListShape {
  readonly kind: 'list';
  readonly member: Shape;
  /** Set on flattened lists: the name on the wire, before the index in requests and as the element in answers. */
  readonly flat?: string;
}

/** `flat` maps are written `Name.1.key`/`Name.1.value`; others `Name.entry.1.key`/`Name.entry.1.value`. */
export interface MapShape {
  readonly kind: 'map';
  readonly value: Shape;
  /** Set on flattened maps: the name on the wire, as for lists. */
  readonly flat?: string;
  readonly keyName: string;
  readonly valueName: string;
}

export interface StructureShape {
  readonly kind: 'structure';
  readonly fields: Readonly<Record<string, Shape>>;
  /** The same fields with their names in Query requests and answers, in the model's order. */
  readonly members: readonly Member[];
  /** In the model's order, which is the order in which a missing one is reported. */
  readonly required: readonly string[];
}

/** A field of a structure. */
export interface Member {
  readonly name: string;
  readonly shape: Shape;
  /** Its name in Query requests: flattened lists and maps go by that of their element. */
  readonly wireName: string;
}

/** One action's shapes. */
export interface Operation {
  readonly input: StructureShape;
  readonly output: StructureShape;
  /** The element around the Query answer's fields; absent where the answer has request metadata only. */
  readonly resultWrapper?: string;
}

export const string: ScalarShape = { kind: 'string' };
export const integer: ScalarShape = { kind: 'integer' };
export const long: ScalarShape = { kind: 'long' };
export const double: ScalarShape = { kind: 'double' };
export const boolean: ScalarShape = { kind: 'boolean' };
export const blob: ScalarShape = { kind: 'blob' };
export const timestamp: ScalarShape = { kind: 'timestamp' };

/** A list; flattened on the wire when `flat` names its element. */
export function list(member: Shape, flat?: string): ListShape {
  return flat === undefined ? { kind: 'list', member } : { kind: 'list', member, flat };
}

/** A map with string keys; flattened on the wire when `flat` names its element. */
export function map(
  value: Shape,
  names: { flat?: string; key?: string; value?: string } = {},
): MapShape {
  return {
    kind: 'map',
    value,
    ...(names.flat === undefined ? {} : { flat: names.flat }),
    keyName: names.key ?? 'key',
    valueName: names.value ?? 'value',
  };
}

/** A structure; `required` in the model's order. */
export function structure(
  fields: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): StructureShape {
  // Looked up by the names of a request: `constructor` must not be found.
  return {
    kind: 'structure',
    fields: Object.assign(Object.create(null), fields),
    members: Object.entries(fields).map(([name, shape]) => ({
      name,
      shape,
      wireName: ((shape.kind === 'list' || shape.kind === 'map') && shape.flat) || name,
    })),
    required,
  };
}
