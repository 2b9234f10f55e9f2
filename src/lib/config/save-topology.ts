import { writeFileSync } from 'node:fs';
import { LosslessNumber } from 'lossless-json';
import { type ScalarTag, stringify } from 'yaml';
import type { Topology } from '../definition/topology.ts';
import { writeDefinition } from '../definition/write-definition.ts';
import { AppError } from '../rules/errors.ts';
import { SCHEMA_ADDRESS } from './project-schema.ts';
import { removeQuietly, replaceFile, unwritable } from './replace-file.ts';

/** Numbers to the letter. */
const EXACT_NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof LosslessNumber,
  resolve: (text) => new LosslessNumber(text),
  stringify: ({ value }) => String(value),
};

/**
 * A topology as the text of a `pubsub.yaml`.
 * @param heading comment lines above it, without their `#`.
 * @param options.isPrefixed whether the file has to say its prefix also where that is empty, against another default.
 */
export function topologyText(
  topology: Topology,
  heading: readonly string[] = [],
  { isPrefixed = false }: { readonly isPrefixed?: boolean } = {},
): string {
  const comments = [`yaml-language-server: $schema=${SCHEMA_ADDRESS}`, ...heading];
  const { topology: name, ...rest } = writeDefinition(topology);
  const prefix = isPrefixed ? { prefix: topology.prefix } : {};
  const body = stringify(
    { topology: name, ...prefix, ...rest },
    {
      customTags: (tags) => [EXACT_NUMBER, ...tags],
      lineWidth: 0,
      aliasDuplicateObjects: false,
    },
  );
  return `${comments.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${body}`;
}

/**
 * Saves a topology as a file, whole or not at all.
 * @param options.overwrite whether a file that is there is replaced; false unless given.
 * @param options.elsewhere how to write it where none is there yet: the hint beside `FileExists`.
 * @throws AppError `FileExists` where there is one, `UnwritableFile` with what the file system says.
 */
export function writeTopologyFile(
  path: string,
  text: string,
  { overwrite = false, elsewhere = '' }: { readonly overwrite?: boolean; elsewhere?: string } = {},
): void {
  try {
    if (overwrite) replaceFile(path, text);
    else writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      removeQuietly(path);
      throw unwritable(path, cause);
    }
    throw new AppError({
      code: 'FileExists',
      message: `There is a ${path} already.`,
      hint: elsewhere,
      cause,
    });
  }
}
