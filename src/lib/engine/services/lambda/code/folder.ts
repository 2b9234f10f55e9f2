import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** How long a look at a folder counts, in milliseconds: a busy function doesn't walk it for every event. */
const LOOK_INTERVAL_MS = 100;
/** Files that are looked at: of a folder with more, a change may go unnoticed. */
const MAX_FILES = 2_000;

const looks = new Map<string, { readonly at: number; readonly mark: string }>();

/**
 * A text that changes when a file of the folder does: names, sizes and times of change of all of them. What packages
 * are installed is seen by `node_modules` alone, not by what lies in it.
 */
export function folderMark(folder: string): string {
  const known = looks.get(folder);
  const at = performance.now();
  if (known !== undefined && at - known.at < LOOK_INTERVAL_MS) return known.mark;
  const marks: string[] = [];
  walk(folder, marks, new Set());
  const mark = marks.join('\n');
  looks.set(folder, { at, mark });
  return mark;
}

/** @param walked the folders that were looked at: a link may lead back to one of them. */
function walk(folder: string, marks: string[], walked: Set<string>): void {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    marks.push(`${folder} missing`);
    return;
  }
  for (const name of names) {
    if (marks.length >= MAX_FILES) return;
    // Written by the interpreter itself while the function runs.
    if (name === '__pycache__' || name === '.git') continue;
    const path = join(folder, name);
    const found = look(path);
    if (found === undefined) continue;
    if (!found.isDirectory() || name === 'node_modules') {
      marks.push(`${path} ${found.size} ${found.mtimeMs}`);
      continue;
    }
    const id = `${found.dev}:${found.ino}`;
    if (!walked.has(id)) walk(path, marks, walked.add(id));
  }
}

/** What lies at a path, at its end where that is a link; undefined for a link that leads nowhere, or in a circle. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
