import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the topologies lie that come with the package: a folder each. */
export function shippedTopologies(): string {
  // From src and from dist, whose chunks lie deeper.
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'topologies')) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return join(folder, 'topologies');
}
