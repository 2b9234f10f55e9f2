import { hasDeadLetters } from '../definition/find.ts';
import type { EventSpec } from '../definition/topology.ts';
import { findProjectFile } from './files.ts';
import { configDirectory, type Env } from './folders.ts';
import { type Flags, resolveSettings } from './settings.ts';
import { findTopology, knownTopologyNames, shippedTopologyNames } from './topology.ts';

/** What can be named on a command line of the topology at hand. */
export interface NamesAtHand {
  readonly topologies: readonly string[];
  readonly subscribers: readonly string[];
  /** Those of them that have dead letters. */
  readonly withDeadLetters: readonly string[];
  /** Keys. */
  readonly topics: readonly string[];
  readonly queues: readonly string[];
  /** Keys of functions and tables. */
  readonly functions: readonly string[];
  readonly tables: readonly string[];
  readonly events: Readonly<Record<string, EventSpec>>;
}

/**
 * Reads what the topology at hand has to name. Never throws: of a file with mistakes it takes what can be made out, and
 * of one that another user owns nothing.
 */
export async function namesAtHand(flags: Flags, env: Env, cwd: string): Promise<NamesAtHand> {
  try {
    const settings = await resolveSettings(flags, env, cwd);
    const topology = await findTopology(settings);
    const {
      subscribers = [],
      topics = [],
      functions = [],
      tables = [],
      events = {},
    } = topology ?? {};
    return {
      topologies: knownTopologyNames(settings),
      subscribers: subscribers.map(({ name }) => name),
      withDeadLetters: subscribers.filter(hasDeadLetters).map(({ name }) => name),
      topics: topics.map(({ key }) => key),
      functions: functions.map(({ key }) => key),
      tables: tables.map(({ key }) => key),
      queues: subscribers.flatMap(({ queue, dlq }) => (dlq === undefined ? [queue] : [queue, dlq])),
      events,
    };
  } catch {
    return madeOut(env, cwd).catch(() => NOTHING);
  }
}

const NOTHING: NamesAtHand = {
  topologies: [],
  subscribers: [],
  withDeadLetters: [],
  topics: [],
  queues: [],
  functions: [],
  tables: [],
  events: {},
};

/** What can be made out of a file with mistakes. @throws where that is nothing. */
async function madeOut(env: Env, cwd: string): Promise<NamesAtHand> {
  const topologies = shippedTopologyNames();
  const path = findProjectFile(cwd);
  if (path === undefined) return { ...NOTHING, topologies };
  const [{ assertOwnFile }, { parseDocument }, { readText }] = await Promise.all([
    import('./trust.ts'),
    import('yaml'),
    import('./checked-yaml.ts'),
  ]);
  assertOwnFile(path, env, configDirectory(env));
  const value: unknown = parseDocument(readText(path), { logLevel: 'silent' }).toJS();
  const keys = (key: string): string[] => Object.keys(objectOf(objectOf(value)[key]));
  const subscribers = keys('subscribers');
  return {
    ...NOTHING,
    topologies,
    subscribers,
    withDeadLetters: subscribers,
    topics: keys('topics'),
    functions: keys('functions'),
    tables: keys('tables'),
    events: Object.fromEntries(keys('events').map((type) => [type, { version: 1 }])),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
