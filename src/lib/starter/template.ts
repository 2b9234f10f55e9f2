import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Texts by the name of their place in a template. */
export type TemplateValues = Readonly<Record<string, string>>;

/**
 * A file of the package's `starters/` with its places filled in: `%{name}`. A line that holds nothing but a place that
 * comes out empty is left out.
 * @throws Error for a place of which nothing is said.
 */
export function fillStarter(path: string, values: TemplateValues): string {
  const fill = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path} has a place %{${name}}, and no value for it`);
    return value;
  };
  return readFileSync(join(starters(), path), 'utf8')
    .replace(/^%\{([\w-]+)\}\n/gm, (_, name: string) => fill(name) && `${fill(name)}\n`)
    .replace(/%\{([\w-]+)\}/g, (_, name: string) => fill(name));
}

/** Where the templates lie: from src and from dist, whose chunks lie deeper. */
function starters(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'starters')) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return join(folder, 'starters');
}
