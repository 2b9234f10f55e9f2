import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file that says how to deploy what `deploy --print --into` wrote beside it. */
export const README = 'README.md';
/** What its text begins with: one without this is somebody's own. */
export const README_MARK = '<!-- Written by pubsub deploy --print. -->';

/** Whether a folder is one that `deploy --print --into` wrote. */
export function isPrintedFolder(folder: string): boolean {
  const readme = join(folder, README);
  return existsSync(readme) && readFileSync(readme, 'utf8').startsWith(README_MARK);
}
