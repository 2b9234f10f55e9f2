import { basename, dirname, resolve } from 'node:path';
import { checkDefinition } from '../definition/check-definition.ts';
import type { TopologyDefinition } from '../definition/definition.ts';
import type { EventDefinition } from '../definition/fields/event-field.ts';
import type { Field, Report } from '../definition/fields/field.ts';
import { mapping } from '../definition/fields/mappings.ts';
import type { EventSpec } from '../definition/topology.ts';
import { TOPOLOGY_FIELDS, type WrittenTopology } from '../definition/topology-fields.ts';
import { usageError } from '../rules/errors.ts';
import { readCheckedYaml, readText } from './checked-yaml.ts';
import type { ProjectFile, SavedSettings } from './saved-settings.ts';
import { SAVED_FIELDS } from './settings-file.ts';

/** All that a project's file may say. */
export const PROJECT_FIELD: Field<SavedSettings & WrittenTopology> = mapping(
  { ...SAVED_FIELDS, ...TOPOLOGY_FIELDS },
  { example: 'Such as: topics: { payments: {} }' },
);

/**
 * Reads and checks a file with settings and a topology, or with what changes one that comes with the tool.
 * @throws AppError `InvalidConfig` (exit 2) that names the file, the place, the rule and a correct example.
 */
export function readTopologyFile(path: string): ProjectFile {
  const read = readCheckedYaml(path, PROJECT_FIELD, checkWhole);
  const { target, endpointUrl, region, profile, prefix, ...written } = read;
  const topology = definesTopology(written)
    ? (written.topology ?? nameOfFolder(dirname(resolve(path))))
    : written.topology;
  return { path, target, endpointUrl, region, profile, prefix, topology, written };
}

/** Whether what is written is a topology of its own, rather than changes to another one. */
export function definesTopology(written: WrittenTopology): boolean {
  return written.topics !== undefined;
}

/** The topology that a file of its own defines: its schemas read. @throws AppError (exit 2) for one that can't be. */
export function definitionOf({ path, topology = '', written }: ProjectFile): TopologyDefinition {
  const { topics = {}, subscribers = {}, events = {}, ...rest } = written;
  const { tables, functions, fifo, names, managed } = rest;
  const folder = dirname(resolve(path));
  return {
    name: topology,
    fifo,
    names,
    topics,
    subscribers,
    tables,
    functions,
    managed,
    events: eventSpecs(events, folder),
  };
}

/** Event types with their schemas, those in files too. @throws AppError (exit 2) where a file has none. */
export function eventSpecs(
  events: Readonly<Record<string, EventDefinition>>,
  folder: string,
): Record<string, EventSpec> {
  return Object.fromEntries(
    Object.entries(events).map(([type, { version = 1, schema, ...rest }]) => [
      type,
      {
        ...rest,
        version,
        schema: typeof schema === 'string' ? readSchema(folder, schema) : schema,
      },
    ]),
  );
}

/** What only a topology of its own can be asked: what changes another one is checked with that. */
function checkWhole(written: WrittenTopology, report: Report): void {
  if (definesTopology(written)) checkDefinition(written, report);
}

function readSchema(folder: string, file: string): EventSpec['schema'] {
  const path = resolve(folder, file);
  const refuse = (why: string): Error =>
    usageError(
      `${path} ${why}`,
      'Give the path of a JSON file with a JSON Schema.',
      'InvalidSchema',
    );
  let value: unknown;
  try {
    value = JSON.parse(readText(path).replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`is no JSON: ${error.message}`);
    throw error;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw refuse('is no JSON Schema');
}

/** A folder's name as that of a topology: what can't be part of one becomes a dash. */
export function nameOfFolder(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name || 'topology';
}
