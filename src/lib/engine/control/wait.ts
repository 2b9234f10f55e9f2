import { AppError, usageError } from '../../rules/errors.ts';
import {
  type FilterPolicy,
  InvalidFilterPolicy,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../rules/filter-policy/index.ts';
import { machineTime } from '../clock/machine-time.ts';
import type { Engine } from '../engine.ts';
import type { QueuedMessage } from './message-types.ts';
import { everyMessage } from './messages.ts';
import { findQueue } from './queue-named.ts';

/** What to wait for in a queue. */
export interface WaitFor {
  /** So many messages at least, 1 unless given; 0 for a queue without any. */
  readonly count?: number;
  /** Which messages count; all unless given. */
  readonly where?: (message: QueuedMessage) => boolean;
  /** In milliseconds of real time; 10 s unless given. */
  readonly timeout?: number;
  /** Its reason is what the wait then fails with. */
  readonly signal?: AbortSignal;
}

export const WAIT_TIMEOUT_MS = 10_000;

/** How often a queue is looked at: looking costs nothing while its figures stay the same. */
const LOOK_INTERVAL_MS = 5;

/**
 * Waits until enough messages lie in a queue, delayed and in-flight ones included; nothing is received. The queue need
 * not be there yet.
 *
 * @returns the messages, in the order of their arrival
 * @throws AppError `WaitTimedOut`, saying what is there; `QueueAmbiguous`
 */
export function waitForMessages(
  engine: Engine,
  name: string,
  { count = 1, where = () => true, timeout = WAIT_TIMEOUT_MS, signal }: WaitFor = {},
): Promise<QueuedMessage[]> {
  let seen = '';
  const look = (): QueuedMessage[] | undefined => {
    const queue = findQueue(engine.sqs, name);
    if (queue === undefined) return undefined;
    const { id, nextSeq, visible, inFlight, delayed } = queue;
    const figures = [id, nextSeq, visible, inFlight, delayed].join();
    if (figures === seen) return undefined;
    seen = figures;
    const found = everyMessage(engine, queue).filter(where);
    return (count === 0 ? found.length === 0 : found.length >= count) ? found : undefined;
  };
  let cancel: () => void = () => undefined;
  let giveUp: () => void = () => undefined;
  return new Promise<QueuedMessage[]>((resolve, reject) => {
    const started = machineTime.monotonic();
    giveUp = () => reject(signal?.reason);
    if (signal?.aborted) return giveUp();
    signal?.addEventListener('abort', giveUp);
    const step = () => {
      try {
        const found = look();
        if (found !== undefined) return resolve(found);
        const passed = machineTime.monotonic() - started;
        if (passed >= timeout) return reject(timedOut(engine, name, { count, where, timeout }));
        cancel = machineTime.after(Math.min(LOOK_INTERVAL_MS, timeout - passed), step);
      } catch (error) {
        reject(error);
      }
    };
    step();
  }).finally(() => {
    cancel();
    signal?.removeEventListener('abort', giveUp);
  });
}

/** Which messages a filter policy lets through, by the fields of what they carry. */
export function byPolicy(policy: string): (message: QueuedMessage) => boolean {
  const filter = readPolicy(policy);
  return ({ event, body }) =>
    matchFilterPolicy(filter, {
      body: event === undefined ? body : JSON.stringify(event),
      attributes: {},
    }).matched;
}

function readPolicy(policy: string): FilterPolicy {
  try {
    return parseFilterPolicy(policy, 'MessageBody');
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    const hint = '--where \'{"event_type":["payment.captured"]}\'';
    // The lines after it say where the parser of SNS read it.
    const [reason = ''] = error.message.split('\n');
    throw usageError(`where must be a filter policy: ${reason}`, hint);
  }
}

function timedOut(
  engine: Engine,
  name: string,
  { count, where, timeout }: Required<Pick<WaitFor, 'count' | 'where' | 'timeout'>>,
): AppError {
  const queue = findQueue(engine.sqs, name);
  const wanted = count === 0 ? 'no message' : `${count} message${count === 1 ? '' : 's'}`;
  const after = `after ${timeout / 1000} s`;
  if (queue === undefined) {
    return new AppError({
      code: 'WaitTimedOut',
      message: `Waited for ${wanted} in ${name}: there is no such queue ${after}.`,
      hint: 'pubsub ls',
    });
  }
  const all = everyMessage(engine, queue);
  const fitting = all.filter(where).length;
  const there = fitting === all.length ? `${fitting}` : `${fitting} that fit, of ${all.length}`;
  return new AppError({
    code: 'WaitTimedOut',
    message: `Waited for ${wanted} in ${queue.name}: ${there} ${after}.`,
    hint: 'pubsub doctor',
  });
}
