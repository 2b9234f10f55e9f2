import type { Database } from '../database/database.ts';
import { reclaimRoom } from '../database/reclaim-room.ts';
import { removeDelivered } from './outbox-removal.ts';

/** The removal of delivered events as a relay does it: now and then, step by step. */
export interface Removal {
  /** Does one step where it is time for one. @throws the driver's error. */
  step(database: Database): Promise<void>;
}

/** Milliseconds between passes, and between the steps of one. */
const PASS_EVERY = 60_000;
const STEP_EVERY = 200;
/** Removed events from which their room is worth reclaiming. */
const RECLAIM = 2_000;

/** @param keepSeconds how long delivered events are kept, from 0. */
export function createRemoval(keepSeconds: number): Removal {
  let dueAt = performance.now();
  let after = '0';
  /** Since room was reclaimed. */
  let total = 0;
  return {
    async step(database) {
      if (performance.now() < dueAt) return;
      const { next, removed } = await removeDelivered(database, after, keepSeconds);
      total += removed;
      after = next ?? '0';
      dueAt = performance.now() + (next === undefined ? PASS_EVERY : STEP_EVERY);
      if (next !== undefined || total < RECLAIM) return;
      await reclaimRoom(database);
      total = 0;
    },
  };
}
