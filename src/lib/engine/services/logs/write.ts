import type { LogPort } from '../../ports.ts';
import { appendEvents, dropExpired, makeRoomForGroup, makeRoomForStream } from './bounds.ts';
import { groupArn } from './lookup.ts';
import { type LogGroup, type LogsState, storeGroup, storeStream } from './state.ts';

/** Whether there is a group, for another service of the engine. */
export function hasGroup(
  state: LogsState,
  owner: Parameters<LogPort['write']>[0],
  name: string,
): boolean {
  return state.groups.has(groupArn(owner, name));
}

/** Writes for another service of the engine, which makes group and stream as it needs them. */
export function writeLog(
  state: LogsState,
  owner: Parameters<LogPort['write']>[0],
  groupName: string,
  streamName: string,
  events: Parameters<LogPort['write']>[3],
): void {
  const group = state.groups.get(groupArn(owner, groupName)) ?? makeGroup(state, owner, groupName);
  let stream = group.streams.get(streamName);
  if (stream === undefined) {
    dropExpired(state, group);
    makeRoomForStream(state, group);
    stream = { name: streamName, createdAt: state.parts.clock.now(), events: [] };
    storeStream(state, group, stream);
  }
  appendEvents(state, group, stream, events);
}

function makeGroup(
  state: LogsState,
  owner: Parameters<LogPort['write']>[0],
  name: string,
): LogGroup {
  const group: LogGroup = {
    name,
    arn: groupArn(owner, name),
    createdAt: state.parts.clock.now(),
    retentionDays: undefined,
    tags: {},
    streams: new Map(),
    size: 0,
    characters: 0,
  };
  makeRoomForGroup(state);
  storeGroup(state, group);
  return group;
}
