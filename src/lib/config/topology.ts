import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildTopology } from '../definition/build.ts';
import type { TopologyDefinition } from '../definition/definition.ts';
import type { Topology } from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import { shellWord } from '../rules/text/command-words.ts';
import { nearest } from '../rules/text/nearest.ts';
import type { ProjectFile } from './saved-settings.ts';
import { DEFAULT_TOPOLOGY, type Settings } from './settings.ts';
import { shippedTopologies } from './shipped-topologies.ts';

/** What decides which topology a run works on. */
export type TopologySettings = Pick<Settings, 'topology' | 'prefix' | 'project'>;

/** The names of the topologies that come with the package, the default one first. */
export function shippedTopologyNames(): string[] {
  const folder = shippedTopologies();
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'pubsub.yaml')))
    : [];
  const rank = (name: string): number => (name === DEFAULT_TOPOLOGY ? 0 : 1);
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** Those that a project can begin with, and `pubsub demo` can show; the services of `pubsub platform` have one as well. */
export function starterTopologyNames(): string[] {
  const folder = shippedTopologies();
  return shippedTopologyNames().filter((name) => existsSync(join(folder, name, 'demo.yaml')));
}

/** The names of the topologies that can be chosen here: the project's own, and those that come with the package. */
export function knownTopologyNames({ project }: Pick<Settings, 'project'>): string[] {
  const own = project.written.topics === undefined ? [] : [project.topology ?? ''];
  return [...new Set([...own, ...shippedTopologyNames()])];
}

/**
 * The topology that a run works on: the project's own, or one that comes with the package, as the project changes it.
 * @returns undefined where neither is called so.
 * @throws AppError (exit 2) where it can't be, such as for a name that AWS would refuse.
 */
export async function findTopology(settings: TopologySettings): Promise<Topology | undefined> {
  const { topology: name, prefix, project } = settings;
  // One after the other: Jest's loader of ES modules breaks where two imports under way share a module.
  const { definesTopology, definitionOf } = await import('./topology-file.ts');
  const { changedDefinition } = await import('./changed-definition.ts');
  const isOwn = definesTopology(project.written);
  if (isOwn && project.topology === name) {
    return buildTopology(definitionOf(project), { prefix, folder: dirname(project.path) });
  }
  if (isPath(name)) throw notAName(name);
  const shipped = await shippedDefinition(name);
  if (shipped === undefined) return undefined;
  const folder = join(shippedTopologies(), name);
  // A file changes the topology that it names, or the default one, and no other.
  const changes = !isOwn && name === (project.topology ?? DEFAULT_TOPOLOGY);
  const definition = changes ? changedDefinition(shipped, project) : shipped;
  return buildTopology(definition, { prefix, folder });
}

/** What is written as a file or a folder. A topology that others tagged may have a slash or a dot in its name. */
function isPath(name: string): boolean {
  return /\.ya?ml$/i.test(name) || /^(\.{1,2}|~)?\/|^\.{1,2}$/.test(name);
}

function notAName(path: string) {
  const isFile = /\.ya?ml$/i.test(path);
  const folder = isFile ? dirname(path) : path;
  const isOurs = !isFile || /^pubsub\.ya?ml$/.test(basename(path));
  // A quoted `~` would be a folder of that name.
  const there = /^[\w./~-]+$/.test(folder) ? folder : shellWord(folder);
  const rest = folder === '.' ? 'leave --topology out' : `cd ${there}`;
  return usageError(
    `A topology is chosen by its name, and "${path}" is a ${isFile ? 'file' : 'folder'}.`,
    `Commands read the nearest pubsub.yaml at or above the folder that they run in: ${isOurs ? rest : 'call the file so'}`,
    'UnknownTopology',
  );
}

/** Like `findTopology`. @throws AppError `UnknownTopology` (exit 2) where none is called so. */
export async function topologyOf(settings: TopologySettings): Promise<Topology> {
  return (await findTopology(settings)) ?? refuseUnknown(settings);
}

/** @throws AppError `UnknownTopology` (exit 2), always. */
export function refuseUnknown(
  settings: Pick<Settings, 'topology' | 'project'>,
  further: readonly string[] = [],
): never {
  const known = [...new Set([...knownTopologyNames(settings), ...further])];
  const near = nearest(settings.topology, known);
  throw usageError(
    `Unknown topology "${settings.topology}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Known: ${known.join(', ')}. Define one in pubsub.yaml with: topics: { … }`,
    'UnknownTopology',
  );
}

/**
 * The topology of a run that brings its own resources and knows what to expect of them, whatever the project changes.
 * @param what runs, such as `demo`. @param prefix of the resources.
 * @throws AppError (exit 2) where the project's topology is a FIFO one: what is shown there isn't what it does.
 */
export async function standardTopology(
  { topology, project }: TopologySettings,
  what: string,
  prefix: string,
): Promise<Topology> {
  if (project.written.fifo && project.written.topics === undefined) {
    throw usageError(
      `pubsub ${what} runs on a standard topic, but pubsub.yaml says "fifo: true".`,
      `Run it where there is no such file: (cd / && pubsub ${what})`,
      'FifoTopology',
    );
  }
  const found = await findTopology({ topology, prefix, project: NO_CHANGES });
  return found ?? refuseUnknown({ topology, project });
}

const NO_CHANGES: ProjectFile = { path: '', written: {} };

async function shippedDefinition(name: string): Promise<TopologyDefinition | undefined> {
  const path = join(shippedTopologies(), name, 'pubsub.yaml');
  if (!/^[A-Za-z0-9_-]+$/.test(name) || !existsSync(path)) return undefined;
  const { definitionOf, readTopologyFile } = await import('./topology-file.ts');
  return definitionOf(readTopologyFile(path));
}
