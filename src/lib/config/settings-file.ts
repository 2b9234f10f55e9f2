import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod/mini';
import { usageError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { SAVED_KEYS, type SavedSettings } from './files.ts';

const text = z.optional(z.string());
const Saved = z.strictObject({
  target: text,
  endpointUrl: text,
  region: text,
  profile: text,
  topology: text,
  prefix: text,
});

/** Reads a settings file. @throws AppError (exit 2) that names the file and the key. */
export function readSettingsFile(path: string): SavedSettings {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw usageError(`${path} can't be read: ${reason}`, `Mend or move ${path}.`, 'InvalidConfig');
  }
  const checked = z.safeParse(Saved, content);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const near = key && nearest(key, SAVED_KEYS);
  const what = key
    ? `unknown key "${key}"${near ? `, did you mean "${near}"?` : ''}`
    : `${issue?.path.join('.') || 'the file'} must be ${issue?.path.length ? 'text' : 'a mapping of keys'}`;
  throw usageError(`${path}: ${what}`, `Known keys: ${SAVED_KEYS.join(', ')}.`, 'InvalidConfig');
}

/** Replaces a settings file, whole or not at all. */
export function writeSettingsFile(path: string, settings: SavedSettings): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, stringify(settings));
  renameSync(temporary, path);
}
