import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { AppError, usageError } from '../../rules/errors.ts';
import type { LayerEntry } from './layer.ts';

/** Where things lie in the image. */
export const IMAGE_FOLDERS = { program: 'app', project: 'work' } as const;
/** User and group that everything runs as: nobody's, as in the `Dockerfile`. */
export const IMAGE_USER = 65_532;

const ROOT_USER = 0;
/** What of this installation runs: everything but declarations, the page and the engine's own packages. */
const PROGRAM_PARTS = ['package.json', 'bin', 'dist', 'topologies'] as const;
const LEFT_OUT_OF_PROGRAM = ['dist/types', 'dist/ui'];
/** What of a project would be a secret, a history or a cache: names that begin with a dot; packages may have such names. */
const HIDDEN = /^\./;
const PACKAGES = 'node_modules';
const MAX_PROJECT_BYTES = 500 * 2 ** 20;

/**
 * Everything that our layer holds: this installation, and the project's folder where there is one.
 * @param installation the folder of `package.json`. @param project the folder of pubsub.yaml.
 * @throws AppError for links that lead out of the project, and for what is neither file nor folder.
 */
export async function imageFiles(
  installation: string,
  project: string | undefined,
): Promise<LayerEntry[]> {
  const { program, project: work } = IMAGE_FOLDERS;
  const entries: LayerEntry[] = [
    { path: program, kind: 'folder', owner: ROOT_USER },
    { path: work, kind: 'folder', owner: IMAGE_USER },
  ];
  const isProgram = (path: string) => !LEFT_OUT_OF_PROGRAM.includes(path);
  for (const part of PROGRAM_PARTS) {
    const root = { folder: installation, target: program, owner: ROOT_USER, takes: isProgram };
    entries.push(...(await entriesOf(root, part)));
  }
  if (project !== undefined) {
    const takes = (path: string) =>
      path.split(sep).includes(PACKAGES)
        ? !path.startsWith(join(PACKAGES, '.cache'))
        : !path.split(sep).some((name) => HIDDEN.test(name));
    const root = { folder: project, target: work, owner: IMAGE_USER, takes };
    // pubsub reads a file of its own user's only.
    for (const name of await readdir(project)) {
      if (takes(name)) entries.push(...(await entriesOf(root, name)));
    }
  }
  refuseTooLarge(entries, project);
  return entries;
}

/** A folder with so much in it is hardly a project: a home folder with a pubsub.yaml, or a dump of a database. */
function refuseTooLarge(entries: readonly LayerEntry[], project: string | undefined): void {
  const sizes = new Map<string, number>();
  for (const { path, size = 0 } of entries) {
    const [root = '', name = ''] = path.split('/');
    if (root === IMAGE_FOLDERS.project) sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total <= MAX_PROJECT_BYTES) return;
  const [[largest = ''] = []] = [...sizes].sort(([, a], [, b]) => b - a);
  const shown = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
  throw usageError(
    `${project} has ${shown(total)}, more than the ${shown(MAX_PROJECT_BYTES)} that go into an image; the most of it is in ${largest}.`,
    'Move what handlers do not need out of the folder of pubsub.yaml.',
    'ProjectTooLarge',
  );
}

/** Where a part of the image comes from. */
interface Root {
  readonly folder: string;
  readonly target: string;
  readonly owner: number;
  readonly takes: (path: string) => boolean;
}

async function entriesOf(root: Root, path: string): Promise<LayerEntry[]> {
  const { folder, target, owner, takes } = root;
  const from = join(folder, path);
  const found = await lstat(from);
  const common = { path: `${target}/${path.split(sep).join('/')}`, owner };
  if (found.isSymbolicLink()) return [{ ...common, ...(await linkOf(root, from)) }];
  if (found.isFile()) {
    const executable = (found.mode & 0o111) !== 0;
    return [{ ...common, kind: 'file', from, size: found.size, executable }];
  }
  if (!found.isDirectory()) return [];
  const children: Dirent[] = await readdir(from, { withFileTypes: true });
  const inside = await Promise.all(
    children
      .map(({ name }) => join(path, name))
      .filter(takes)
      .map((each) => entriesOf(root, each)),
  );
  return [{ ...common, kind: 'folder' }, ...inside.flat()];
}

/** A link within the folder; one to a file elsewhere is that file. */
async function linkOf(
  { folder }: Root,
  from: string,
): Promise<Pick<LayerEntry, 'kind' | 'from' | 'size' | 'executable'>> {
  const named = await readlink(from);
  const to = resolve(dirname(from), named);
  const isInside = !relative(folder, to).startsWith('..');
  if (isInside) return { kind: 'link', from: relative(dirname(from), to).split(sep).join('/') };
  const file = await stat(to).catch(() => undefined);
  if (file?.isFile()) {
    return { kind: 'file', from: to, size: file.size, executable: (file.mode & 0o111) !== 0 };
  }
  throw usageError(
    `${from} leads out of the project, to ${named}: an image can't have it.`,
    'Install packages in the project itself, with: npm install --install-links',
    'LinkOutside',
  );
}

/** This program as it lies on this machine. */
export interface Installation {
  /** The folder of its `package.json`. */
  readonly folder: string;
  readonly version: string;
}

/** Finds this installation. @param from a folder of it. @throws AppError `NotBuilt` where nothing is built. */
export async function findInstallation(from: string): Promise<Installation> {
  let folder = from;
  const has = (name: string) =>
    stat(join(folder, name)).then(
      () => true,
      () => false,
    );
  while (!(await has('bin/pubsub.js')) && dirname(folder) !== folder) folder = dirname(folder);
  if (!(await has('dist/cli.js'))) {
    throw new AppError({
      code: 'NotBuilt',
      message: `There is no built program in ${folder}.`,
      hint: 'npm run build',
    });
  }
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return { folder, version: String(version) };
}
