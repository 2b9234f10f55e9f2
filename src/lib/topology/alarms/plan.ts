import { isDeepStrictEqual } from 'node:util';
import {
  type AlarmSettings,
  deleteAlarms,
  type FoundAlarm,
  findAlarms,
  putAlarm,
  tagAlarm,
} from '../../aws/alarms.ts';
import { isTaggedAs, type Topology, topologyTags } from '../../definition/topology.ts';
import type { Difference } from '../change.ts';
import type { Place } from '../inspect.ts';
import { isForeign, stackOf } from '../ownership.ts';
import { type WantedAlarm, wantedAlarms } from './wanted.ts';

/** What has to be done about an alarm. `leave` is one of somebody else's under the same name. */
export interface AlarmChange {
  readonly action: 'create' | 'update' | 'unchanged' | 'leave';
  readonly name: string;
  readonly says: string;
  readonly differences: readonly Difference[];
  /** What it is to be. */
  readonly settings: AlarmSettings;
  /** The one that is there. */
  readonly found: FoundAlarm | undefined;
}

/** Settings that are held against each other; what an alarm does is not changed unless it is asked for. */
const COMPARED = [
  'AlarmDescription',
  'ActionsEnabled',
  'Namespace',
  'MetricName',
  'Statistic',
  'Dimensions',
  'Period',
  'Metrics',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
] as const;

/**
 * Holds the alarms that are there against those that the topology should have.
 * @param notify ARN of the topic that is told of alarms; undefined to leave that as it is.
 */
export async function planAlarms(
  { aws, topology }: Pick<Place, 'aws' | 'topology'>,
  notify: string | undefined,
): Promise<AlarmChange[]> {
  const alarms = await foundAndWanted(aws, topology);
  return alarms.map(({ wanted, found }) => changeOf(topology, wanted, found, notify));
}

/** Changes that are really made. */
export function pendingAlarms(changes: readonly AlarmChange[]): AlarmChange[] {
  return changes.filter(({ action }) => action === 'create' || action === 'update');
}

/** What a topology should have, each with what is there of it. */
async function foundAndWanted(
  aws: Place['aws'],
  topology: Topology,
): Promise<{ readonly wanted: WantedAlarm; readonly found: FoundAlarm | undefined }[]> {
  const all = wantedAlarms(topology);
  const found = await findAlarms(
    aws,
    all.map(({ name }) => name),
  );
  return all.map((wanted) => ({ wanted, found: found.get(wanted.name) }));
}

function changeOf(
  topology: Topology,
  { name, says, settings }: WantedAlarm,
  found: FoundAlarm | undefined,
  notify: string | undefined,
): AlarmChange {
  const complete: AlarmSettings = {
    ...settings,
    AlarmActions: notify === undefined ? (found?.settings.AlarmActions ?? []) : [notify],
    OKActions: found?.settings.OKActions ?? [],
    InsufficientDataActions: found?.settings.InsufficientDataActions ?? [],
  };
  const change = { name, says, settings: complete, found };
  if (found === undefined) return { action: 'create', ...change, differences: [] };
  if (isForeign(topology, found.tags)) return { action: 'leave', ...change, differences: [] };
  const differences = [...COMPARED, 'AlarmActions' as const].flatMap((setting): Difference[] => {
    const is = found.settings[setting];
    const becomes = complete[setting];
    if (isSame(is, becomes)) return [];
    return [{ setting, from: textOf(is), to: textOf(becomes) }];
  });
  const isTagged = isTaggedAs(topology, found.tags);
  const action = differences.length === 0 && isTagged ? 'unchanged' : 'update';
  return { action, ...change, differences };
}

/** Absent and empty are the same to CloudWatch. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 0) return undefined;
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function textOf(value: unknown): string | undefined {
  if (plain(value) === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Makes what a plan creates and updates, one after the other; the first failure ends it.
 * @param onDone told of each. @returns whether an interrupt kept it from making all
 */
export async function makeAlarms(
  { aws, topology }: Pick<Place, 'aws' | 'topology'>,
  changes: readonly AlarmChange[],
  { stop, onDone }: { readonly stop: AbortSignal; readonly onDone: (change: AlarmChange) => void },
): Promise<boolean> {
  const tags = topologyTags(topology);
  for (const change of pendingAlarms(changes)) {
    if (stop.aborted) return true;
    await putAlarm(aws, change.settings, tags);
    if (change.found !== undefined && !isTaggedAs(topology, change.found.tags)) {
      await tagAlarm(aws, change.found.arn, tags);
    }
    onDone(change);
  }
  return false;
}

/** The alarms of the topology that are there, ours and others'; those of a CloudFormation stack stay with it. */
export async function existingAlarms({ aws, topology }: Pick<Place, 'aws' | 'topology'>): Promise<
  readonly (FoundAlarm & {
    readonly says: string;
    readonly ours: boolean;
    readonly stack: string | undefined;
  })[]
> {
  const alarms = await foundAndWanted(aws, topology);
  return alarms.flatMap(({ wanted: { says }, found }) => {
    if (found === undefined) return [];
    const stack = stackOf(found.tags);
    const ours = stack === undefined && isTaggedAs(topology, found.tags);
    return [{ ...found, says, ours, stack }];
  });
}

/** Deletes alarms, and looks whether they are gone. @returns the names of those that are still there */
export async function removeAlarms(
  { aws }: Pick<Place, 'aws'>,
  names: readonly string[],
): Promise<string[]> {
  await deleteAlarms(aws, names);
  return [...(await findAlarms(aws, names)).keys()];
}
