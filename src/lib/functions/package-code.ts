import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FunctionSpec, Topology } from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import { shellWord } from '../rules/text/command-words.ts';
import { makeZip, type ZipEntry } from '../rules/zip.ts';
import { isPrintedFolder } from './printed-folder.ts';
import { builtBeside, toJavaScript, typescriptStem } from './typescript.ts';

/** A function's code as Lambda takes it. */
export interface CodePackage {
  readonly zip: Buffer;
  /** SHA-256 of the zip, base64, as `CodeSha256` says it. */
  readonly sha256: string;
  /** What the zip was made of; undefined where it was given as one. */
  readonly files?: readonly ZipEntry[];
  /** TypeScript that was changed after it was built: what was built before is packed. */
  readonly stale: readonly StaleBuild[];
}

/** Paths of a TypeScript file, and of what it was built to. */
export interface StaleBuild {
  readonly source: string;
  readonly built: string;
}

/** "50 MB (zipped, for direct upload)", "250 MB (unzipped)" (Lambda quotas). */
const MAX_ZIP_BYTES = 52_428_800;
const MAX_CODE_BYTES = 262_144_000;
/** Up to this size files are stored as they are, so that their zip is the same whichever zlib makes it. */
const MAX_STORED_BYTES = 33_554_432;
/** Entries that a zip without extensions can have. */
const MAX_FILES = 65_535;
const LEFT_OUT: readonly string[] = ['.git', '.DS_Store', '__pycache__'];
/**
 * Packs a function's code: a zip as it is, or a folder with all that is in it. TypeScript stays out where what it is
 * built to lies beside it; elsewhere it becomes a module without types, as Lambda runs JavaScript alone.
 * @throws AppError `CodeNotFound`, `HandlerNotFound`, `CodeTooLarge` or `InvalidCode` (exit 2).
 */
export function packageCode(
  { folder }: Pick<Topology, 'folder'>,
  { key, code, runtime, handler }: Pick<FunctionSpec, 'key' | 'code' | 'runtime' | 'handler'>,
): CodePackage {
  const path = resolve(folder ?? '', code);
  if (!existsSync(path)) {
    throw usageError(
      `The code of the function ${key} isn't there: ${path}`,
      `Say where it is: functions: { ${key}: { code: lambda/ } }`,
      'CodeNotFound',
    );
  }
  if (!statSync(path).isDirectory()) return packed(key, readZip(key, path));
  const { files: entries, stale } = filesOf(path, key);
  assertHandler(key, { path, runtime, handler }, entries);
  return { ...packedFiles(key, entries), stale };
}

/**
 * Packs folders beside each other. What begins with a dot outside of packages stays out, since nobody named these folders
 * as code, and one may be a project's with its secrets (`.env`); so does what `deploy --print` wrote there.
 * @param folders each with what its files' names in the zip begin with, such as `handlers/`
 * @throws AppError `CodeTooLarge` or `InvalidCode` (exit 2).
 */
export function packageFolders(
  key: string,
  folders: readonly { readonly path: string; readonly prefix: string }[],
): CodePackage {
  const all = folders.map(({ path, prefix }) => filesOf(path, key, { prefix, takes: isVisible }));
  const entries = all.flatMap(({ files }) => files);
  return { ...packedFiles(key, entries), stale: all.flatMap(({ stale }) => stale) };
}

function packedFiles(key: string, entries: readonly ZipEntry[]): CodePackage {
  const bytes = entries.reduce((sum, { content }) => sum + content.length, 0);
  if (bytes > MAX_CODE_BYTES) throw tooLarge(key, bytes, 'unzipped', MAX_CODE_BYTES);
  return { ...packed(key, makeZip(entries, bytes > MAX_STORED_BYTES)), files: entries };
}

/** Code that some text is all of: `name` is the file. */
export function packageText(name: string, text: string): CodePackage {
  return packed('', makeZip([{ name, content: Buffer.from(text), isExecutable: true }], false));
}

function packed(key: string, zip: Buffer): CodePackage {
  if (zip.length > MAX_ZIP_BYTES) throw tooLarge(key, zip.length, 'zipped', MAX_ZIP_BYTES);
  return { zip, sha256: createHash('sha256').update(zip).digest('base64'), stale: [] };
}

function readZip(key: string, path: string): Buffer {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return bytes;
  throw usageError(
    `The code of the function ${key} is neither a folder nor a zip: ${path}`,
    'Give the folder that it is in.',
    'InvalidCode',
  );
}

/** @param prefix what stands before the name in the zip. @param folder where the name is. */
type Takes = (name: string, prefix: string, folder: string) => boolean;

const isCode: Takes = (name) => !LEFT_OUT.includes(name);
const isVisible: Takes = (name, prefix, folder) =>
  isCode(name, prefix, folder) &&
  (isPackage(prefix) || !(name.startsWith('.') || isPrintedFolder(join(folder, name))));

/** All files below a folder by name, links followed. */
function filesOf(
  root: string,
  key: string,
  { prefix: rootPrefix = '', takes = isCode }: { prefix?: string; takes?: Takes } = {},
): { files: ZipEntry[]; stale: StaleBuild[] } {
  const files: ZipEntry[] = [];
  const stale: StaleBuild[] = [];
  const walk = (folder: string, prefix: string, above: readonly string[]): void => {
    const real = realpathSync(folder);
    // A link may lead back up.
    if (above.includes(real)) return;
    const names = readdirSync(folder).filter((name) => takes(name, prefix, folder));
    for (const name of names.sort()) {
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory()) walk(path, `${prefix}${name}/`, [...above, real]);
      else if (found?.isFile()) {
        const built = isPackage(prefix) ? undefined : builtBeside(path);
        if (built === undefined) files.push(...fileOf(path, `${prefix}${name}`, found.mode));
        else if (isStale(built, found.mtimeMs)) stale.push({ source: path, built });
      }
      if (files.length > MAX_FILES) {
        throw usageError(
          `The code of the function ${key} has more than ${MAX_FILES} files.`,
          'Bundle it, or leave out what it does not need.',
          'CodeTooLarge',
        );
      }
    }
  };
  walk(root, rootPrefix, []);
  return { files, stale };
}

/** Files of a checkout come about within so many milliseconds. */
const SAME_TIME_MS = 2_000;

/** Whether a file was built before its source was changed. */
function isStale(built: string, changedAt: number): boolean {
  return changedAt - statSync(built).mtimeMs > SAME_TIME_MS;
}

/** Whether what has such a name in the zip is of a package, which says itself what of it is run. */
function isPackage(name: string): boolean {
  return name.includes('node_modules/');
}

/** A file that is built to nothing beside it, as it is packed; nothing of declarations. */
function fileOf(path: string, name: string, mode: number): ZipEntry[] {
  const isExecutable = (mode & 0o100) !== 0;
  if (/\.d\.m?ts$/.test(name)) return [];
  const stem = isPackage(name) ? undefined : typescriptStem(name);
  const content = readFileSync(path);
  if (stem === undefined) return [{ name, content, isExecutable }];
  const code = toJavaScript(path, content.toString('utf8'));
  return [{ name: `${stem}.mjs`, content: Buffer.from(code), isExecutable }];
}

/** Where the runtime looks for the handler's file. */
const HANDLER_ENDINGS: readonly (readonly [runtime: string, endings: readonly string[]])[] = [
  ['nodejs', ['.mjs', '.js', '.cjs']],
  ['python', ['.py', '/__init__.py']],
];

/** Finds out here what would fail each invocation: that there is no such file. */
function assertHandler(
  key: string,
  { path, runtime, handler }: { path: string; runtime: string; handler: string },
  entries: readonly ZipEntry[],
): void {
  const isProvided = runtime.startsWith('provided');
  const endings = isProvided
    ? ['']
    : HANDLER_ENDINGS.find(([each]) => runtime.startsWith(each))?.[1];
  if (endings === undefined) return;
  const module = isProvided ? 'bootstrap' : handler.slice(0, handler.lastIndexOf('.'));
  const wanted = endings.map((ending) => module.replaceAll('.', '/') + ending);
  const found = entries.find(({ name }) => wanted.includes(name));
  if (found === undefined) {
    throw usageError(
      `The function ${key} has no ${wanted.join(' or ')} in ${path}.`,
      isProvided
        ? 'Put an executable file of that name there.'
        : `"handler" is the file without its ending and the function in it, such as index.handler; it is ${handler}.`,
      'HandlerNotFound',
    );
  }
  if (isProvided && !found.isExecutable) {
    throw usageError(
      `The function ${key} has a bootstrap that can't be run: ${join(path, 'bootstrap')}`,
      `Make it executable: chmod +x ${shellWord(join(path, 'bootstrap'))}`,
      'InvalidCode',
    );
  }
}

function tooLarge(key: string, bytes: number, how: string, most: number): Error {
  const mb = (count: number): string => `${Math.ceil(count / 1_048_576)} MB`;
  return usageError(
    `The code of the function ${key} has ${mb(bytes)} ${how}; Lambda takes ${mb(most)}.`,
    'Leave out what it does not need, such as packages of development.',
    'CodeTooLarge',
  );
}
