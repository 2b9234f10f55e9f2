import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod/mini';
import type { TopologyChoices } from '../definition/orders.ts';
import {
  expected,
  knownKeys,
  readTopologyChoices,
  TOPOLOGY_KEYS,
  topologyShape,
} from '../definition/topology-file.ts';
import { type AppError, usageError } from '../rules/errors.ts';
import { nearest } from '../rules/text/nearest.ts';
import { SAVED_KEYS, type SavedSettings } from './files.ts';

const text = z.optional(z.string());
const savedShape = {
  target: text,
  endpointUrl: text,
  region: text,
  profile: text,
  topology: text,
  prefix: text,
};
const Saved = z.strictObject(savedShape);
const Project = z.strictObject({ ...savedShape, ...topologyShape });

/** Reads a user's settings file. @throws AppError (exit 2) that names the file and the key. */
export function readSettingsFile(path: string): SavedSettings {
  const content = readYaml(path);
  const checked = z.safeParse(Saved, content);
  if (checked.success) return checked.data;
  throw refused(path, checked.error.issues[0], SAVED_KEYS);
}

/** Reads a project's settings file. @throws AppError (exit 2) that names the file and the key. */
export function readProjectSettings(
  path: string,
): SavedSettings & { readonly topologyChoices: TopologyChoices } {
  const content = readYaml(path);
  const checked = z.safeParse(Project, content);
  if (!checked.success) {
    throw refused(path, checked.error.issues[0], [...SAVED_KEYS, ...TOPOLOGY_KEYS]);
  }
  const { fifo, subscribers, ...saved } = checked.data;
  const { choices, problem } = readTopologyChoices({ fifo, subscribers });
  if (problem) throw usageError(`${path}: ${problem.what}`, problem.hint, 'InvalidConfig');
  return { ...saved, topologyChoices: choices };
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw usageError(`${path} can't be read: ${reason}`, `Mend or move ${path}.`, 'InvalidConfig');
  }
}

function refused(
  path: string,
  issue: z.core.$ZodIssue | undefined,
  keys: readonly string[],
): AppError {
  const refuse = (what: string, hint: string): AppError =>
    usageError(`${path}: ${what}`, hint, 'InvalidConfig');
  const at = issue?.path ?? [];
  const known = `Known keys: ${keys.join(', ')}.`;
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const here = knownKeys(at) ?? keys;
    const near = nearest(key, here);
    const unknown = `unknown key "${[...at, key].join('.')}"`;
    return refuse(
      `${unknown}${near ? `, did you mean "${near}"?` : ''}`,
      `Known keys: ${here.join(', ')}.`,
    );
  }
  const wanted = expected(at);
  if (wanted) return refuse(wanted.what, wanted.hint);
  return refuse(
    `${at.join('.') || 'the file'} must be ${at.length > 0 ? 'text' : 'a mapping of keys'}`,
    known,
  );
}

/** Replaces a settings file, whole or not at all. */
export function writeSettingsFile(path: string, settings: SavedSettings): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, stringify(settings));
  renameSync(temporary, path);
}
