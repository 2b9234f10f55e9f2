/** What a property holds; `json` is anything, the member `*` of an object stands for every name. */
export type PropertyType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'json'
  | readonly [PropertyType]
  | { readonly [name: string]: PropertyType };

/** The properties of a resource type, as its schema in CloudFormation's registry has them. */
export interface PropertyTable {
  readonly properties: Readonly<Record<string, PropertyType>>;
  readonly required: readonly string[];
  /** Properties whose change makes a new resource. */
  readonly replacing: readonly string[];
  /** The property that names the resource; absent where CloudFormation names it. */
  readonly name?: string;
}
