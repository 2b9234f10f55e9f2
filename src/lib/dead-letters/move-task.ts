import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import {
  cancelMoveTask,
  latestMoveTask,
  type MoveTask,
  sourceQueues,
  startMoveTask,
} from '../aws/move-tasks.ts';
import { retried } from '../aws/retried.ts';
import { AppError } from '../rules/errors.ts';
import { queueNameFromUrl } from '../rules/names.ts';

export interface MoveTaskOptions {
  readonly aws: Aws;
  readonly dlqUrl: string;
  readonly dlqArn: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  /** Messages a second, a whole number from 1 to 500; SQS's own choice unless given. */
  readonly rate: number | undefined;
  /** Aborted to cancel the task. */
  readonly signal: AbortSignal;
  /** Told where a task runs already, of an earlier run or somebody else's: it is followed. */
  readonly onJoined?: () => void;
  readonly onProgress?: (moved: number, toMove: number | undefined) => void;
}

/** How a task went, or why there is none. */
export type MoveTaskResult =
  | {
      readonly kind: 'ended';
      readonly moved: number;
      readonly completed: boolean;
      readonly failureReason: string | undefined;
      /** Somebody else's task that goes on: it was only followed. */
      readonly goesOn: boolean;
    }
  | { readonly kind: 'unavailable'; readonly error: AppError };

/** Milliseconds between two looks at a task: shorter at first. */
const POLL = { first: 100, most: 1_000 } as const;
/** Milliseconds within which a task that was started has to be listed. */
const SHOWN_WITHIN = 10_000;

/**
 * Moves a dead-letter queue's messages back by SQS's own task, which goes on also when this process is killed; a second
 * run joins it.
 * @returns `unavailable` where the target has no such tasks or refuses one: nothing was moved then.
 * @throws AppError when a task that runs can't be followed.
 */
export async function moveByTask(options: MoveTaskOptions): Promise<MoveTaskResult> {
  const { aws, dlqArn, signal, rate } = options;
  let handle: string | undefined;
  let joined = false;
  let earlier: MoveTask | undefined;
  try {
    earlier = await latestMoveTask(aws, dlqArn);
    joined = isActive(earlier);
    if (joined) options.onJoined?.();
    else {
      const destinationArn = await destination(options);
      handle = await startMoveTask(aws, { sourceArn: dlqArn, destinationArn, rate });
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'unavailable', error };
  }
  let cancelled = false;
  const shownBy = performance.now() + SHOWN_WITHIN;
  for (let delay: number = POLL.first; ; delay = Math.min(POLL.most, delay * 1.5)) {
    const latest = await look(aws, dlqArn);
    // A list may lag behind the start: the task before is not the one that was started.
    const isOurs = joined || latest?.startedAt !== earlier?.startedAt;
    const task = isOurs ? latest : undefined;
    const { moved = 0, toMove, failureReason } = task ?? {};
    options.onProgress?.(moved, toMove);
    const running = isActive(task) || (task === undefined && performance.now() < shownBy);
    if (!running || (joined && signal.aborted)) {
      const completed = task?.status === 'COMPLETED';
      return { kind: 'ended', moved, completed, failureReason, goesOn: running };
    }
    if (signal.aborted && handle !== undefined && !cancelled) {
      cancelled = true;
      // It may have ended just now; the next look tells.
      await cancelMoveTask(aws, handle).catch(() => {});
    }
    await sleep(delay, undefined, cancelled ? {} : { signal }).catch(() => {});
  }
}

/** A look at the task that survives a throttled or failing call. */
async function look(aws: Aws, dlqArn: string): Promise<MoveTask | undefined> {
  let task: MoveTask | undefined;
  await retried([dlqArn], async () => {
    task = await latestMoveTask(aws, dlqArn);
    return [{ ok: true }];
  });
  return task;
}

/**
 * Where only one queue uses the dead-letter queue, it is named: the task then also moves what doesn't say where it came
 * from, and would fail on it otherwise. Where several do, each message goes to its own.
 */
async function destination(options: MoveTaskOptions): Promise<string | undefined> {
  const { aws, dlqUrl, queueUrl, queueArn } = options;
  const sources = await sourceQueues(aws, dlqUrl);
  const only = sources.every((url) => queueNameFromUrl(url) === queueNameFromUrl(queueUrl));
  return only ? queueArn : undefined;
}

function isActive(task: MoveTask | undefined): boolean {
  return task?.status === 'RUNNING' || task?.status === 'CANCELLING';
}
