import type { Journal } from '../journal/journal.ts';

/** Where a resource is. */
interface Resource {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
}

/** The resources of one kind by ARN, of all accounts and regions. Each change is put into the journal. */
export class KeptResources<Kind extends Resource> {
  readonly #all = new Map<string, Kind>();
  readonly #journal: Journal;
  readonly #table: string;

  /** Those that the journal holds. @param table the journal's. */
  constructor(journal: Journal, table: string) {
    this.#journal = journal;
    this.#table = table;
    for (const { value } of journal.entries(table)) {
      const kept = value as Kind;
      this.#all.set(kept.arn, kept);
    }
  }

  get size(): number {
    return this.#all.size;
  }

  get(arn: string): Kind | undefined {
    return this.#all.get(arn);
  }

  has(arn: string): boolean {
    return this.#all.has(arn);
  }

  values(): Iterable<Kind> {
    return this.#all.values();
  }

  /** Those that a caller has in its region. */
  of({ account, region }: Omit<Resource, 'arn'>): Kind[] {
    return [...this.values()].filter((each) => each.account === account && each.region === region);
  }

  /** Makes a resource known, or puts it in the place of the one before. */
  store(resource: Kind): void {
    this.#all.set(resource.arn, resource);
    this.#journal.put(this.#table, resource.arn, resource);
  }

  drop({ arn }: Kind): void {
    this.#all.delete(arn);
    this.#journal.remove(this.#table, arn);
  }
}

/** The tags of a resource, and how it gets others. */
export interface Tagged<Tags> {
  readonly tags: Tags;
  store(tags: Tags): void;
}

/** The tags of the resource of an ARN; undefined where none of the kind has it. */
export function taggedIn<Kind extends Resource & { readonly tags: unknown }>(
  kind: KeptResources<Kind>,
  arn: string,
): Tagged<Kind['tags']> | undefined {
  const found = kind.get(arn);
  if (found === undefined) return undefined;
  return { tags: found.tags, store: (tags) => kind.store({ ...found, tags }) };
}
