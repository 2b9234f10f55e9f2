import {
  dropEvents,
  dropGroup,
  dropStream,
  type LogEvent,
  type LogGroup,
  type LogStream,
  type LogsState,
  storeEvents,
} from './state.ts';

/** What is kept of one group, and of all together. AWS keeps everything until its retention ends. */
const GROUP_BOUNDS = { size: 100_000, characters: 64 * 1024 * 1024 };
const BOUNDS = { size: 200_000, characters: 128 * 1024 * 1024 };
/** Streams of one group that functions wrote: each of their processes has one. */
const MAX_OWN_STREAMS = 1_000;
/** Groups that nothing but functions has to do with: those of functions that are gone stay as on AWS. */
const MAX_OWN_GROUPS = 1_000;

const DAY_MS = 86_400_000;

/** Adds a call's events to a stream, and drops the oldest where there are too many. */
export function appendEvents(
  state: LogsState,
  group: LogGroup,
  stream: LogStream,
  events: Parameters<typeof storeEvents>[3],
): void {
  storeEvents(state, group, stream, events);
  while (exceeds(group, GROUP_BOUNDS)) dropOldestEvents(state, group);
  while (exceeds(state, BOUNDS)) dropOldestEvents(state, largestGroup(state));
}

/** Drops events that are older than the group's retention, and the streams of functions that held nothing else. */
export function dropExpired(state: LogsState, group: LogGroup): void {
  if (group.retentionDays === undefined) return;
  const first = state.parts.clock.now() - group.retentionDays * DAY_MS;
  dropWhere(state, group, ({ timestamp }) => timestamp < first);
}

/** Drops the streams of functions that were written longest ago, where there is no room for another. */
export function makeRoomForStream(state: LogsState, group: LogGroup): void {
  if (group.streams.size < MAX_OWN_STREAMS) return;
  const own = [...group.streams.values()].filter(isOwn);
  for (const stream of oldest(own, MAX_OWN_STREAMS, lastWrite)) dropStream(state, group, stream);
}

/** Drops the groups of functions that were written longest ago, where there is no room for another. */
export function makeRoomForGroup(state: LogsState): void {
  if (state.groups.size < MAX_OWN_GROUPS) return;
  const own = [...state.groups.values()].filter(isFunctionsOwn);
  const writtenAt = ({ streams }: LogGroup) => Math.max(...[...streams.values()].map(lastWrite));
  for (const group of oldest(own, MAX_OWN_GROUPS, writtenAt)) dropGroup(state, group);
}

/** The tenth that was written longest ago, so that this is rare; none while there are fewer than `most`. */
function oldest<Item>(
  items: readonly Item[],
  most: number,
  writtenAt: (item: Item) => number,
): readonly Item[] {
  if (items.length < most) return [];
  const times = new Map(items.map((item) => [item, writtenAt(item)]));
  const sorted = items.toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
  return sorted.slice(0, Math.ceil(most / 10));
}

function lastWrite({ events, createdAt }: LogStream): number {
  return events.at(-1)?.ingestionTime ?? createdAt;
}

/** As functions name their streams: these are made again when there is something to write. */
const OWN_STREAM = /^\d{4}\/\d{2}\/\d{2}\/\[[^\]]+\][0-9a-f]{32}$/;

function isOwn({ name }: LogStream): boolean {
  return OWN_STREAM.test(name);
}

/** Nobody has set anything for it, and it would be made again as it is. */
function isFunctionsOwn({ streams, tags, retentionDays }: LogGroup): boolean {
  const isPlain = retentionDays === undefined && Object.keys(tags).length === 0;
  return isPlain && streams.size > 0 && [...streams.values()].every(isOwn);
}

type Amount = Pick<LogsState, 'size' | 'characters'>;

function exceeds(amount: Amount, bounds: Amount): boolean {
  return amount.size > bounds.size || amount.characters > bounds.characters;
}

/** Of more than it should have, in events or characters, the group that has most of that. */
function largestGroup(state: LogsState): LogGroup {
  const by = state.size > BOUNDS.size ? 'size' : 'characters';
  return [...state.groups.values()].reduce((most, group) => (group[by] > most[by] ? group : most));
}

/** Drops the oldest tenth of the events, so that this is rare. */
function dropOldestEvents(state: LogsState, group: LogGroup): void {
  const all = [...group.streams.values()].flatMap(({ events }) => events);
  all.sort((a, b) => a.id - b.id);
  const first = all[Math.ceil(all.length / 10)]?.id ?? Number.POSITIVE_INFINITY;
  dropWhere(state, group, ({ id }) => id < first);
}

function dropWhere(state: LogsState, group: LogGroup, isGone: (event: LogEvent) => boolean): void {
  for (const stream of [...group.streams.values()]) {
    dropEvents(state, group, stream, isGone);
    if (stream.events.length === 0 && isOwn(stream)) dropStream(state, group, stream);
  }
}
