import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { TopologyChoices } from '../definition/orders.ts';

// YAML and its checks are loaded only where there is a file to read.

/** Name of the project file, looked for in the working folder and upwards. */
export const PROJECT_FILE = 'pubsub.yaml';
/** Name of the user's file in the configuration folder. */
export const USER_FILE = 'config.yaml';
/** Keys that a project or user file may hold. */
export const SAVED_KEYS = [
  'target',
  'endpointUrl',
  'region',
  'profile',
  'topology',
  'prefix',
] as const;
export type SavedSettings = { [Key in (typeof SAVED_KEYS)[number]]?: string | undefined };

/** What a file holds, and where it is. */
export type FileSettings = SavedSettings & { readonly path: string };

/** What a project's file holds: its topology too. */
export type ProjectSettings = FileSettings & { readonly topologyChoices: TopologyChoices };

/** Reads the nearest `pubsub.yaml` at or above `cwd`; empty when there is none. @throws AppError (exit 2). */
export async function readProjectFile(cwd: string): Promise<ProjectSettings> {
  let folder = resolve(cwd);
  for (;;) {
    const path = join(folder, PROJECT_FILE);
    if (existsSync(path)) {
      const { readProjectSettings } = await import('./settings-file.ts');
      return { ...readProjectSettings(path), path };
    }
    const parent = dirname(folder);
    if (parent === folder) return { path: '', topologyChoices: {} };
    folder = parent;
  }
}

/** Reads the user's saved defaults; empty when there are none. @throws AppError (exit 2). */
export async function readUserFile(configDir: string): Promise<FileSettings> {
  const path = join(configDir, USER_FILE);
  if (!existsSync(path)) return { path };
  const { readSettingsFile } = await import('./settings-file.ts');
  return { ...readSettingsFile(path), path };
}

/** Replaces the user's saved defaults, whole or not at all. */
export async function writeUserFile(configDir: string, settings: SavedSettings): Promise<void> {
  const { writeSettingsFile } = await import('./settings-file.ts');
  writeSettingsFile(join(configDir, USER_FILE), settings);
}
