import { stringify } from 'yaml';

/** Documents of one file, in YAML. */
export function writeYaml(documents: readonly unknown[]): string {
  return documents
    .map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd())
    .join('\n---\n');
}
