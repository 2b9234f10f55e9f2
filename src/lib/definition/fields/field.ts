/** Where something stands in what is read: keys, and positions in lists. */
export type Path = readonly (string | number)[];

/** Something that can't be, where it stands, and what to write instead. */
export interface Problem {
  readonly path: Path;
  /** Whether the key at the end of the path is meant, rather than what stands behind it. */
  readonly atKey: boolean;
  /** One sentence without its end: what is wrong, and the rule. */
  readonly what: string;
  /** A correct example, or what there is. */
  readonly hint: string;
}

/** Takes note of a problem. */
export type Report = (problem: Omit<Problem, 'atKey'> & { readonly atKey?: boolean }) => void;

/** A JSON Schema (draft 2020-12). */
export type FieldSchema = Readonly<Record<string, unknown>>;

/** One kind of value: how it is read and checked, and the JSON Schema that says the same. */
export interface Field<T> {
  /** @returns undefined where a problem was reported. */
  read(value: unknown, path: Path, report: Report): T | undefined;
  readonly schema: FieldSchema;
}

/** A path as it is written in a message, such as `subscribers.fraud.from`. */
export function shownPath(path: Path): string {
  return path.join('.');
}

/** The last key of a path. */
export function lastKey(path: Path): string {
  return String(path.at(-1) ?? '');
}

/** A field with words of its own for editors. */
export function described<T>(description: string, field: Field<T>): Field<T> {
  return { ...field, schema: { description, ...field.schema } };
}
