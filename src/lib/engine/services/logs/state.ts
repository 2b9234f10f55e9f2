import type { EngineParts } from '../../parts.ts';

/** One line of a log. */
export interface LogEvent {
  /** Milliseconds since the epoch, as its writer says. */
  readonly timestamp: number;
  /** Milliseconds since the epoch. */
  readonly ingestionTime: number;
  readonly message: string;
  /** Counts up in the order in which events came. */
  readonly id: number;
  /** The id of the first event of the call that brought it: the journal has them together. */
  readonly call: number;
}

/** A sequence of events of one source. */
export interface LogStream {
  readonly name: string;
  readonly createdAt: number;
  /** By timestamp, and by arrival where that is the same. */
  events: LogEvent[];
}

/** The streams that share retention and tags. */
export interface LogGroup {
  readonly name: string;
  /** Without the `:*` that permissions have behind it. */
  readonly arn: string;
  readonly createdAt: number;
  /** Days; undefined for ever. */
  retentionDays: number | undefined;
  tags: Record<string, string>;
  readonly streams: Map<string, LogStream>;
  /** Events of all streams. */
  size: number;
  /** Characters of their messages. */
  characters: number;
}

/** Everything CloudWatch Logs keeps: groups by ARN, which holds account and region. */
export interface LogsState {
  readonly parts: EngineParts;
  readonly groups: Map<string, LogGroup>;
  /** Events of all groups. */
  size: number;
  /** Characters of their messages. */
  characters: number;
  nextId: number;
}

const TABLES = { groups: 'logs.groups', streams: 'logs.streams', events: 'logs.events' } as const;
type StoredGroup = Omit<LogGroup, 'streams' | 'size' | 'characters' | 'retentionDays'> & {
  readonly retentionDays: number | null;
};
/** One call's events; `first` is the id of the first of them, and the key. */
interface StoredEvents {
  readonly group: string;
  readonly stream: string;
  readonly first: number;
  readonly ingestionTime: number;
  readonly events: readonly (readonly [timestamp: number, message: string])[];
}

/** The state that the journal holds; empty at the first start. */
export function createLogsState(parts: EngineParts): LogsState {
  const state: LogsState = { parts, groups: new Map(), size: 0, characters: 0, nextId: 1 };
  for (const { value } of parts.journal.entries(TABLES.groups)) {
    const stored = value as StoredGroup;
    const retentionDays = stored.retentionDays ?? undefined;
    state.groups.set(stored.arn, {
      ...stored,
      retentionDays,
      streams: new Map(),
      size: 0,
      characters: 0,
    });
  }
  for (const { key, value } of parts.journal.entries(TABLES.streams)) {
    const [arn = ''] = key as string[];
    const { name, createdAt } = value as LogStream;
    state.groups.get(arn)?.streams.set(name, { name, createdAt, events: [] });
  }
  for (const { value } of parts.journal.entries(TABLES.events)) {
    const stored = value as StoredEvents;
    const group = state.groups.get(stored.group);
    const stream = group?.streams.get(stored.stream);
    if (group && stream) addEvents(state, group, stream, eventsOf(stored));
    state.nextId = stored.first + stored.events.length;
  }
  return state;
}

/** Makes a group known, or writes what changed of it. */
export function storeGroup({ parts, groups }: LogsState, group: LogGroup): void {
  const { streams, size, characters, retentionDays, ...rest } = group;
  const stored: StoredGroup = { ...rest, retentionDays: retentionDays ?? null };
  groups.set(group.arn, group);
  parts.journal.put(TABLES.groups, group.arn, stored);
}

export function dropGroup(state: LogsState, group: LogGroup): void {
  for (const stream of group.streams.values()) dropStream(state, group, stream);
  state.groups.delete(group.arn);
  state.parts.journal.remove(TABLES.groups, group.arn);
}

export function storeStream({ parts }: LogsState, group: LogGroup, stream: LogStream): void {
  const { name, createdAt } = stream;
  group.streams.set(name, stream);
  parts.journal.put(TABLES.streams, [group.arn, name], { name, createdAt });
}

export function dropStream(state: LogsState, group: LogGroup, stream: LogStream): void {
  const { parts } = state;
  count(state, group, stream.events, -1);
  group.streams.delete(stream.name);
  parts.journal.remove(TABLES.streams, [group.arn, stream.name]);
  forget(parts, stream.events);
}

/** Adds a call's events to a stream. */
export function storeEvents(
  state: LogsState,
  group: LogGroup,
  stream: LogStream,
  events: StoredEvents['events'],
): void {
  const stored: StoredEvents = {
    group: group.arn,
    stream: stream.name,
    first: state.nextId,
    ingestionTime: state.parts.clock.now(),
    events,
  };
  state.nextId += events.length;
  state.parts.journal.append(TABLES.events, stored.first, stored);
  addEvents(state, group, stream, eventsOf(stored));
}

function eventsOf({ first, ingestionTime, events }: StoredEvents): LogEvent[] {
  return events.map(([timestamp, message], index) => ({
    timestamp,
    message,
    ingestionTime,
    id: first + index,
    call: first,
  }));
}

function addEvents(
  state: LogsState,
  group: LogGroup,
  stream: LogStream,
  events: readonly LogEvent[],
): void {
  const inOrder = (stream.events.at(-1)?.timestamp ?? 0) <= (events[0]?.timestamp ?? 0);
  for (const event of events) stream.events.push(event);
  if (!inOrder) stream.events.sort((a, b) => a.timestamp - b.timestamp || a.id - b.id);
  count(state, group, events, 1);
}

/** Counts events that came or went. */
function count(state: LogsState, group: LogGroup, events: readonly LogEvent[], sign: 1 | -1): void {
  const characters = events.reduce((sum, { message }) => sum + message.length, 0);
  for (const each of [state, group]) {
    each.size += sign * events.length;
    each.characters += sign * characters;
  }
}

/** Drops some events of a stream, also from the journal. */
export function dropEvents(
  state: LogsState,
  group: LogGroup,
  stream: LogStream,
  isGone: (event: LogEvent) => boolean,
): void {
  const dropped = stream.events.filter(isGone);
  if (dropped.length === 0) return;
  stream.events = stream.events.filter((event) => !isGone(event));
  forget(state.parts, dropped, stream.events);
  count(state, group, dropped, -1);
}

/** Removes the calls of which no event is kept. */
function forget(
  parts: EngineParts,
  dropped: readonly LogEvent[],
  kept: readonly LogEvent[] = [],
): void {
  const keptCalls = new Set(kept.map(({ call }) => call));
  const calls = new Set(dropped.map(({ call }) => call));
  for (const call of calls) if (!keptCalls.has(call)) parts.journal.remove(TABLES.events, call);
}
