import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { usageError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';

/** Name of the project file, looked for in the working folder and upwards. */
export const PROJECT_FILE = 'pubsub.yaml';
/** Name of the user's file in the configuration folder. */
export const USER_FILE = 'config.yaml';

const Saved = z.strictObject({
  target: z.string().optional(),
  endpointUrl: z.string().optional(),
  region: z.string().optional(),
  profile: z.string().optional(),
  topology: z.string().optional(),
  prefix: z.string().optional(),
});
export type SavedSettings = z.infer<typeof Saved>;
export type SavedKey = keyof SavedSettings;
/** Keys that a project or user file may hold. */
export const SAVED_KEYS = Object.keys(Saved.shape) as readonly SavedKey[];

/** What a file holds, and where it is. */
export type FileSettings = SavedSettings & { readonly path: string };

/** Reads the nearest `pubsub.yaml` at or above `cwd`; empty when there is none. @throws AppError (exit 2). */
export function readProjectFile(cwd: string): FileSettings {
  let folder = resolve(cwd);
  for (;;) {
    const path = join(folder, PROJECT_FILE);
    if (existsSync(path)) return readSettingsFile(path);
    const parent = dirname(folder);
    if (parent === folder) return { path: '' };
    folder = parent;
  }
}

/** Reads the user's saved defaults; empty when there are none. @throws AppError (exit 2). */
export function readUserFile(configDir: string): FileSettings {
  const path = join(configDir, USER_FILE);
  return existsSync(path) ? readSettingsFile(path) : { path };
}

/** Replaces the user's saved defaults, whole or not at all. */
export function writeUserFile(configDir: string, settings: SavedSettings): string {
  const path = join(configDir, USER_FILE);
  mkdirSync(configDir, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, stringify(settings));
  renameSync(temporary, path);
  return path;
}

function readSettingsFile(path: string): FileSettings {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw usageError(`${path} can't be read: ${reason}`, `Mend or move ${path}.`, 'InvalidConfig');
  }
  const checked = Saved.safeParse(content);
  if (checked.success) return { ...checked.data, path };
  const issue = checked.error.issues[0];
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const near = key && nearest(key, SAVED_KEYS);
  const what = key
    ? `unknown key "${key}"${near ? `, did you mean "${near}"?` : ''}`
    : `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not a mapping'}`;
  throw usageError(`${path}: ${what}`, `Known keys: ${SAVED_KEYS.join(', ')}.`, 'InvalidConfig');
}
