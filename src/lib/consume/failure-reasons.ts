import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../process/make-folder.ts';
import type { Consumed, ConsumeOutcome } from './consumed.ts';

/** Why a consumer did not handle a message at one of its receives. */
export interface FailureReason {
  /** The queue that the consumer listened to, by name. */
  readonly queue: string;
  /** SQS's message id: it stays the same when SQS moves the message to the dead-letter queue. */
  readonly messageId: string;
  /** Null where the body is not an event. */
  readonly eventId: string | null;
  /** `invalid` where the message is not what the subscriber takes; undefined where an older version kept it. */
  readonly outcome?: FailedOutcome;
  readonly reason: string;
  /** How often SQS had handed the message out, this time included. */
  readonly receiveCount: number;
  /** ISO 8601. */
  readonly time: string;
}

const FAILED_OUTCOMES = ['failed', 'invalid', 'timeout'] as const satisfies ConsumeOutcome[];
/** Outcomes of messages that were not handled. */
export type FailedOutcome = (typeof FAILED_OUTCOMES)[number];

/** Why a message was not handled, as it is kept; undefined where it was, or is a copy of one that was. */
export function failureOf(
  queue: string,
  { outcome, messageId, eventId, reason = '', receiveCount }: Consumed<unknown>,
): FailureReason | undefined {
  if (outcome === 'handled' || outcome === 'duplicate') return undefined;
  const time = new Date().toISOString();
  return { queue, messageId, eventId, outcome, reason, receiveCount, time };
}

/** Bytes of a file from which on a new one is begun; the one before is kept, older ones are not. */
const MAX_BYTES = 1_048_576;
/** Characters of a reason that are kept. */
const MAX_REASON = 2_000;
/** Milliseconds after which a lock counts as left behind by a process that was killed. */
const STALE_LOCK = 10_000;

/**
 * Keeps why a message failed, where `dlq show` finds it: `<stateDir>/failures/<queue>.jsonl`, two files of a bounded
 * size for each queue. Any number of processes may write at once. Never throws: a full disk must not end a consumer.
 * Synchronous, so that the reason is there before the message goes on, whatever happens to the process.
 * @param stateDir the settings' `stateDir`.
 * @param options.maxBytes of one file.
 */
export function keepReason(
  stateDir: string,
  failure: FailureReason,
  { maxBytes = MAX_BYTES }: { readonly maxBytes?: number } = {},
): void {
  const { queue, messageId, eventId, outcome, receiveCount, time } = failure;
  const reason = failure.reason.slice(0, MAX_REASON);
  const kept = { queue, messageId, eventId, outcome, reason, receiveCount, time };
  const line = `${JSON.stringify(kept)}\n`;
  try {
    makeFolder(folder(stateDir), { mode: 0o700 });
    const file = current(stateDir, queue);
    // Only its user may read it: a reason may quote what was in the message.
    const descriptor = openSync(file, 'a', 0o600);
    let bytes: number;
    try {
      // One write in append mode: lines of several writers never mix.
      writeSync(descriptor, line);
      bytes = fstatSync(descriptor).size;
    } finally {
      closeSync(descriptor);
    }
    if (bytes >= maxBytes) beginAnew(stateDir, queue, maxBytes);
  } catch {
    // The reason is lost; the message is not.
  }
}

/** Reasons of a queue, the latest of each message. */
export interface KeptReasons {
  /** Why a message failed: found by its id, or by its event's where it was sent again under a new one. */
  find(messageId: string, eventId: string | undefined): FailureReason | undefined;
  /** Every reason of one message, the oldest first. */
  all(messageId: string): readonly FailureReason[];
  /** The latest of each message, newest first. */
  latest(): readonly FailureReason[];
}

/** Reads what `keepReason` has kept for a queue. Never throws: what can't be read counts as not kept. */
export async function readReasons(stateDir: string, queue: string): Promise<KeptReasons> {
  const byMessage = new Map<string, FailureReason>();
  const byEvent = new Map<string, FailureReason>();
  const all = new Map<string, FailureReason[]>();
  for (const file of [before(stateDir, queue), current(stateDir, queue)]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const failure = readLine(line);
      if (failure === undefined) continue;
      byMessage.set(failure.messageId, failure);
      const before = all.get(failure.messageId);
      if (before === undefined) all.set(failure.messageId, [failure]);
      else before.push(failure);
      if (failure.eventId !== null) byEvent.set(failure.eventId, failure);
    }
  }
  return {
    find: (messageId, eventId) =>
      byMessage.get(messageId) ?? (eventId === undefined ? undefined : byEvent.get(eventId)),
    all: (messageId) => all.get(messageId) ?? [],
    latest: () => [...byMessage.values()].sort((a, b) => b.time.localeCompare(a.time)),
  };
}

function folder(stateDir: string): string {
  return join(stateDir, 'failures');
}

function current(stateDir: string, queue: string): string {
  return join(folder(stateDir), `${encodeURIComponent(queue)}.jsonl`);
}

function before(stateDir: string, queue: string): string {
  return join(folder(stateDir), `${encodeURIComponent(queue)}.before.jsonl`);
}

/** Puts a full file aside, in the place of the one before. Where another process is doing so, it is left to that. */
function beginAnew(stateDir: string, queue: string, maxBytes: number): void {
  const file = current(stateDir, queue);
  const lock = `${file}.lock`;
  try {
    mkdirSync(lock);
  } catch {
    if (Date.now() - statSync(lock).mtimeMs > STALE_LOCK) rmSync(lock, { recursive: true });
    return;
  }
  try {
    // Another process may have done it just before.
    if (statSync(file).size >= maxBytes) renameSync(file, before(stateDir, queue));
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function readLine(line: string): FailureReason | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { queue, messageId, eventId, outcome, reason, receiveCount, time } = fields as Record<
    string,
    unknown
  >;
  const known = FAILED_OUTCOMES.find((each) => each === outcome);
  if (typeof messageId !== 'string' || typeof reason !== 'string') return undefined;
  return {
    queue: String(queue),
    messageId,
    eventId: typeof eventId === 'string' ? eventId : null,
    ...(known && { outcome: known }),
    reason,
    receiveCount: Number(receiveCount),
    time: String(time),
  };
}
