import { lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { usageError } from '../rules/errors.ts';
import type { Env } from './folders.ts';
import type { FileSettings, ProjectFile, SavedSettings } from './saved-settings.ts';

// YAML and its checks are loaded only where there is a file to read.

/** Names of the project file, looked for in the working folder and upwards. */
export const PROJECT_FILES = ['pubsub.yaml', 'pubsub.yml'] as const;
/** Name of the user's file in the configuration folder. */
export const USER_FILE = 'config.yaml';
/** Where no file is. */
const NO_PROJECT: ProjectFile = { path: '', written: {} };

/**
 * Reads the nearest `pubsub.yaml` (or `pubsub.yml`) at or above `cwd`; one without keys and with an empty path when
 * there is none.
 * @param options.foreign whether one that another user owns is read as well: to show it, and nothing more.
 * @throws AppError (exit 2) for one that can't be read, or that another user owns.
 */
export async function readProjectFile(
  cwd: string,
  options: { readonly env: Env; readonly configDir: string; readonly foreign?: boolean },
): Promise<ProjectFile> {
  const path = findProjectFile(cwd);
  if (path === undefined) return NO_PROJECT;
  const { assertOwnFile } = await import('./trust.ts');
  if (!options.foreign) assertOwnFile(path, options.env, options.configDir);
  const { readTopologyFile } = await import('./topology-file.ts');
  return readTopologyFile(path);
}

/** The path of the nearest project file at or above a folder. @throws AppError (exit 2) where a folder has two. */
export function findProjectFile(cwd: string): string | undefined {
  let folder = resolve(cwd);
  for (;;) {
    const here = folder;
    const [path, second] = PROJECT_FILES.map((name) => join(here, name)).filter(isThere);
    if (path !== undefined && second !== undefined) {
      throw usageError(
        `There are ${path} and ${second}, and one is read.`,
        `Keep one of them: mv ${second} ${second}.old`,
        'InvalidConfig',
      );
    }
    if (path !== undefined) return path;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

/** Whether a name is taken: also by a link that leads nowhere, which is a mistake to be told of, not a missing file. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A folder of somebody else's, which may not be looked into.
    return false;
  }
}

/** Reads the user's saved defaults; empty when there are none. @throws AppError (exit 2). */
export async function readUserFile(configDir: string): Promise<FileSettings> {
  const path = join(configDir, USER_FILE);
  if (!isThere(path)) return { path };
  const { readSettingsFile } = await import('./settings-file.ts');
  return { ...readSettingsFile(path), path };
}

/** Replaces the user's saved defaults, whole or not at all. @throws AppError `UnwritableFile`. */
export async function writeUserFile(configDir: string, settings: SavedSettings): Promise<void> {
  const { writeSettingsFile } = await import('./settings-file.ts');
  writeSettingsFile(join(configDir, USER_FILE), settings);
}
