import type { FoundFunction } from '../../aws/functions.ts';
import type { FoundMapping } from '../../aws/mappings.ts';
import type { FoundTable } from '../../aws/tables.ts';
import { functionEnvironment } from '../../definition/build-functions.ts';
import type {
  FunctionHandlerSpec,
  FunctionSpec,
  TableKey,
  TableSpec,
  Topology,
} from '../../definition/topology.ts';
import { logGroupOf } from '../../rules/functions.ts';
import type { Change, Difference, Resource } from '../change.ts';
import { isForeign } from '../ownership.ts';
import { tagDifference } from '../tag-settings.ts';
import { findMapping, isOff } from './find-mapping.ts';
import type { ObservedFunctions } from './observe.ts';
import { functionSubscribers, LOG_RETENTION_DAYS, mappingName } from './settings.ts';

/**
 * What setup has to do about tables and functions.
 *
 * Ours, and so brought back also to a default: of a table its indexes, time to live and tags; of a function its code,
 * runtime, handler, timeout, memory, environment, reserved concurrency and tags, and its role where the topology says
 * one; of its log group retention and tags; of a mapping batch size, window, partial failures, bound, that it is on, and
 * that it has no filter.
 */
export function functionChanges(
  topology: Topology,
  observed: ObservedFunctions,
  queueArnOf: (queue: string) => string | undefined,
): Change[] {
  return [
    ...topology.tables.map((spec) => tableChange(topology, observed.tables.get(spec.name), spec)),
    ...topology.functions.map((spec) => logGroupChange(topology, observed, spec)),
    ...topology.functions.map((spec) => functionChange(topology, observed, spec)),
    ...functionSubscribers(topology).map(({ subscriber, target }) => {
      const name = mappingName(subscriber.queue, target.name);
      const queueArn = queueArnOf(subscriber.queue);
      const found = queueArn && findMapping(observed, queueArn, target.name);
      return changeOf(
        { type: 'mapping', name },
        found ? mappingDifferences(subscriber.handler, found) : undefined,
      );
    }),
  ];
}

function tableChange(topology: Topology, found: FoundTable | undefined, spec: TableSpec): Change {
  const resource = { type: 'table', name: spec.name } as const;
  if (found === undefined || found.status === 'DELETING') return changeOf(resource, undefined);
  const differences = [
    ...differing('key', keyWords(found.itemKey), keyWords(spec.itemKey)),
    ...differing('ttl', found.ttl, spec.ttl),
    ...indexDifferences(spec, found),
    ...tagDifference(topology, { tags: spec.tags }, found.tags),
  ];
  return ownedChange(topology, resource, differences, found.tags);
}

/** Indexes that are missing, too many, or have another key. */
export function indexDifferences({ indexes }: TableSpec, found: FoundTable): Difference[] {
  const names = new Set([...Object.keys(indexes), ...Object.keys(found.indexes)]);
  return [...names].flatMap((name) => {
    const [own, there] = [indexes[name], found.indexes[name]];
    return differing(`index ${name}`, there && keyWords(there), own && keyWords(own));
  });
}

/** A key in words, such as `paymentId` or `accountId + at:N`. */
export function keyWords({ hash, range }: TableKey): string {
  const word = ({ name, type }: TableKey['hash']): string =>
    type === 'S' ? name : `${name}:${type}`;
  return range ? `${word(hash)} + ${word(range)}` : word(hash);
}

function logGroupChange(
  topology: Topology,
  { logGroups }: ObservedFunctions,
  { name, tags }: FunctionSpec,
): Change {
  const found = logGroups.get(name);
  return changeOf(
    { type: 'logs', name: logGroupOf(name) },
    found && [
      ...differing('retention', daysWords(found.retentionDays), daysWords(LOG_RETENTION_DAYS)),
      ...tagDifference(topology, { tags }, found.tags),
    ],
  );
}

function daysWords(days: number | undefined): string | undefined {
  return days === undefined ? undefined : `${days} days`;
}

function functionChange(
  topology: Topology,
  { functions, packages }: ObservedFunctions,
  spec: FunctionSpec,
): Change {
  const resource = { type: 'function', name: spec.name } as const;
  const found = functions.get(spec.name);
  if (found === undefined) return changeOf(resource, undefined);
  const code = packages.get(spec.key);
  const differences = [
    ...settingDifferences(topology, spec, found),
    ...differing('code', short(found.codeSha256), short(code?.sha256 ?? found.codeSha256)),
    ...differing(
      'ReservedConcurrency',
      words(found.reservedConcurrency),
      words(spec.reservedConcurrency),
    ),
    ...tagDifference(topology, { tags: spec.tags }, found.tags),
  ];
  return ownedChange(topology, resource, differences, found.tags);
}

/** What of a function's configuration differs: what one `UpdateFunctionConfiguration` changes. */
export function settingDifferences(
  topology: Topology,
  spec: FunctionSpec,
  found: FoundFunction,
): Difference[] {
  const wanted = functionEnvironment(topology, spec);
  const variables = new Set([...Object.keys(wanted), ...Object.keys(found.environment)]);
  return [
    ...differing('Runtime', found.runtime, spec.runtime),
    ...differing('Handler', found.handler, spec.handler),
    ...differing('Timeout', `${found.timeout}s`, `${spec.timeout}s`),
    ...differing('MemorySize', `${found.memory} MB`, `${spec.memory} MB`),
    ...[...variables].flatMap((name) =>
      differing(`environment ${name}`, found.environment[name], wanted[name]),
    ),
    ...(spec.role === undefined ? [] : differing('Role', found.role, spec.role)),
  ];
}

/** The first characters of a digest, as people compare them. */
function short(sha256: string): string {
  return sha256.slice(0, 8);
}

/** What of a mapping differs. */
export function mappingDifferences(spec: FunctionHandlerSpec, found: FoundMapping): Difference[] {
  return [
    ...differing('BatchSize', String(found.batchSize), String(spec.batchSize)),
    ...differing('window', `${found.window}s`, `${spec.window}s`),
    ...differing('partialFailures', String(found.partialFailures), String(spec.partialFailures)),
    ...differing(
      'MaximumConcurrency',
      words(found.maximumConcurrency),
      words(spec.maximumConcurrency),
    ),
    ...differing('state', isOff(found) ? 'Disabled' : 'Enabled', 'Enabled'),
    ...differing('FilterCriteria', found.filters, undefined),
  ];
}

function words(count: number | undefined): string | undefined {
  return count === undefined ? undefined : String(count);
}

function differing(
  setting: string,
  from: string | undefined,
  to: string | undefined,
): Difference[] {
  return from === to ? [] : [{ setting, from, to }];
}

/** @param differences undefined where it isn't there. */
function changeOf(resource: Resource, differences: readonly Difference[] | undefined): Change {
  if (differences === undefined) return { action: 'create', ...resource, differences: [] };
  return { action: differences.length > 0 ? 'update' : 'unchanged', ...resource, differences };
}

/** A change of what may be somebody else's: then setup refuses it. */
function ownedChange(
  topology: Topology,
  resource: Resource,
  differences: readonly Difference[],
  tags: Readonly<Record<string, string>>,
): Change {
  const isOthers = topology.managed && isForeign(topology, tags);
  return { ...changeOf(resource, differences), isForeign: isOthers };
}
