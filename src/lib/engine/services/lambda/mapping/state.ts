import type { LambdaState } from '../state.ts';
import type { EventSourceMapping } from './mapping.ts';
import { Poller } from './poller.ts';

const TABLE = 'lambda.mappings';

/** Reads the mappings that the journal holds, and lets them work when the engine listens. */
export function restoreMappings(state: LambdaState): void {
  for (const { value } of state.parts.journal.entries(TABLE)) {
    const mapping = value as EventSourceMapping;
    state.mappings.set(mapping.uuid, mapping);
    poll(state, mapping);
  }
}

/** Makes a mapping known, or puts it in the place of the one before. */
export function storeMapping(state: LambdaState, mapping: EventSourceMapping): void {
  stopPoller(state, mapping.uuid);
  state.mappings.set(mapping.uuid, mapping);
  state.parts.journal.put(TABLE, mapping.uuid, mapping);
  poll(state, mapping);
}

/** Puts a mapping with other tags in the place of the one before, which goes on as it is. */
export function retagMapping(state: LambdaState, mapping: EventSourceMapping): void {
  state.mappings.set(mapping.uuid, mapping);
  state.parts.journal.put(TABLE, mapping.uuid, mapping);
}

/** Forgets a mapping and lets it receive no more. */
export function dropMapping(state: LambdaState, { uuid }: EventSourceMapping): void {
  stopPoller(state, uuid);
  state.mappings.delete(uuid);
  state.parts.journal.remove(TABLE, uuid);
}

/** Why a mapping can't work at present; undefined while it can. */
export function problemOf(state: LambdaState, { uuid }: EventSourceMapping): string | undefined {
  return state.pollers.get(uuid)?.problem;
}

/** Lets no mapping receive any more. */
export function stopPollers(state: LambdaState): void {
  for (const uuid of [...state.pollers.keys()]) stopPoller(state, uuid);
}

function poll(state: LambdaState, mapping: EventSourceMapping): void {
  if (!mapping.enabled) return;
  const poller = new Poller(state, mapping);
  state.pollers.set(mapping.uuid, poller);
  state.host.whenListening(() => {
    // A state that was read anew in the meantime has pollers of its own.
    if (state.pollers.get(mapping.uuid) === poller) poller.start();
  });
}

function stopPoller(state: LambdaState, uuid: string): void {
  state.pollers.get(uuid)?.stop();
  state.pollers.delete(uuid);
}
