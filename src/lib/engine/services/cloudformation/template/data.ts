/** What a template or a property holds: JSON. */
export type Data = string | number | boolean | null | readonly Data[] | DataMap;
/** An object of JSON. */
export interface DataMap {
  readonly [name: string]: Data;
}

/** Whether something is an object, and no list. */
export function isMap(value: unknown): value is DataMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two texts of JSON say the same; the order of an object's members doesn't count. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((each, index) => sameData(each, b[index]))
    );
  }
  if (!isMap(a) || !isMap(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameData(a[name], b[name]))
  );
}

/** Any value as text: an object as JSON, whatever its members are called. */
export function dataText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
