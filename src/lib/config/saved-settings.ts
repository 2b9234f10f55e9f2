import type { WrittenTopology } from '../definition/topology-fields.ts';

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

/** What a project's file holds: as much of a topology as it says, too. */
export interface ProjectFile extends FileSettings {
  readonly written: WrittenTopology;
}
