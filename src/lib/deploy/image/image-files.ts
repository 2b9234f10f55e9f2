import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
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
  return entries;
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

/** The folder of this installation. @param from a file of it. @throws AppError where nothing is built. */
export async function installationFolder(from: string): Promise<string> {
  let folder = from;
  const has = (name: string) =>
    stat(join(folder, name)).then(
      () => true,
      () => false,
    );
  while (!((await has('package.json')) && (await has('bin/pubsub.js')))) {
    if (dirname(folder) === folder) throw notBuilt(from);
    folder = dirname(folder);
  }
  if (!(await has('dist/cli.js'))) throw notBuilt(folder);
  return folder;
}

function notBuilt(folder: string): AppError {
  return new AppError({
    code: 'NotBuilt',
    message: `There is no built program in ${folder}.`,
    hint: 'npm run build',
  });
}
