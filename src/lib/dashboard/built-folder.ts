import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From dist/ and from dist/chunks/; from this file among the sources, which have a folder `ui` as well. */
const FOLDERS = import.meta.url.endsWith('.ts') ? ['../../../dist/'] : ['./', '../'];

/** A built folder beside the built command line, such as `ui`; the first place where it could be, if it is nowhere. */
export function builtFolder(name: string): string {
  const places = FOLDERS.map((folder) => fileURLToPath(new URL(folder + name, import.meta.url)));
  return places.find((place) => existsSync(place)) ?? places[0] ?? name;
}
