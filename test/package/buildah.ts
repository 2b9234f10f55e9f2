import {
  type ChildProcessWithoutNullStreams,
  execFile,
  execFileSync,
  spawn,
} from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a stage of the Dockerfile runs: Node, npm, a shell, and what its lines call. */
const PROGRAMS = ['sh', 'mkdir', 'chown'];

/** Debian's buildah with a store of its own; in a chroot, which needs no container engine. */
export interface Buildah {
  /** Whether it is installed, and may build and mount here. */
  readonly canBuild: boolean;
  /** Runs it. @returns what it prints. */
  buildah(...args: readonly string[]): Promise<string>;
  /** Starts a command in a container. */
  inContainer(container: string, ...command: readonly string[]): ChildProcessWithoutNullStreams;
  /** Stands for `node:22-slim`, which can't be pulled everywhere: this machine's own Node, npm and shell. */
  commitBase(name: string): Promise<void>;
}

/** @param folder for the store. @param cwd that it runs in. */
export function createBuildah(folder: string, cwd: string): Buildah {
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
  const driver = storageDriver(store, folder);
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: driver };
  const buildah = async (...args: readonly string[]) =>
    (await run('buildah', [...store, ...args], { cwd, env, maxBuffer: 2 ** 26 })).stdout.trim();
  return {
    canBuild: driver !== undefined,
    buildah,
    inContainer: (container, ...command) =>
      spawn('buildah', [...store, 'run', container, '--', ...command], { env }),
    commitBase: (name) => commitBase(buildah, join(folder, 'base'), name),
  };
}

/** A driver that can mount a container here, the faster one first; undefined where none can, or nothing builds. */
function storageDriver(store: readonly string[], folder: string): string | undefined {
  return ['overlay', 'vfs'].find((driver) => {
    const quiet = { env: { ...process.env, STORAGE_DRIVER: driver }, stdio: 'ignore' } as const;
    try {
      execFileSync('buildah', [...store, 'from', '--name', 'trial', 'scratch'], quiet);
      execFileSync('buildah', [...store, 'mount', 'trial'], quiet);
      execFileSync('buildah', [...store, 'rm', 'trial'], quiet);
      return true;
    } catch {
      rmSync(join(folder, 'store'), { recursive: true, force: true });
      return false;
    }
  });
}

/** A file that the loader needs, by the name that it asks for. */
const librariesOf = (program: string) =>
  [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].map(
    ([, path = '']) => path,
  );

async function commitBase(buildah: Buildah['buildah'], files: string, name: string): Promise<void> {
  const place = (from: string, to: string) => {
    mkdirSync(dirname(join(files, to)), { recursive: true });
    cpSync(from, join(files, to), { recursive: true, dereference: true });
  };
  const programs = PROGRAMS.map((name) => [`/bin/${name}`, `/bin/${name}`]);
  for (const [from = '', to = ''] of [[process.execPath, '/usr/bin/node'], ...programs]) {
    place(realpathSync(from), to);
    for (const library of librariesOf(from)) place(library, library);
  }
  const npm = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
  place(join(dirname(npm), '..'), '/usr/lib/node_modules/npm');
  const call = '#!/bin/sh\nexec node /usr/lib/node_modules/npm/bin/npm-cli.js "$@"\n';
  writeFileSync(join(files, 'usr/bin/npm'), call, { mode: 0o755 });
  mkdirSync(join(files, 'tmp'));
  if (existsSync('/etc/passwd')) place('/etc/passwd', '/etc/passwd');
  const container = await buildah('from', 'scratch');
  await buildah('copy', container, files, '/');
  await buildah('config', '--env', 'PATH=/usr/bin:/bin', '--env', 'HOME=/root', container);
  await buildah('commit', '--rm', container, name);
  rmSync(files, { recursive: true });
}
