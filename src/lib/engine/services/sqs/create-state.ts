import type { EngineParts } from '../../parts.ts';
import { settle } from './queue/settle.ts';
import { Wakes } from './queue/wakes.ts';
import { restore } from './restore.ts';
import type { SqsPorts, SqsState } from './state.ts';

/** The state that the journal holds; empty at the first start. */
export function createSqsState(parts: EngineParts, ports: SqsPorts): SqsState {
  const state: SqsState = {
    parts,
    ...ports,
    queues: new Map(),
    queuesById: new Map(),
    queuesByArn: new Map(),
    deletedAt: new Map(),
    moveTasks: new Map(),
    wakes: new Wakes(parts.clock, (queue, now) => settle(state, queue, now)),
    lastQueueId: 0,
    lastRecord: 0,
    openRecord: undefined,
    isOver: false,
  };
  if (parts.journal.durable) restore(state);
  return state;
}
