import { randomUUID } from 'node:crypto';
import { flatUuid } from '../../flat-uuid.ts';
import { isActive, type MoveTask, type MoveTaskRecord } from './move-task.ts';
import { place } from './queue/enqueue.ts';
import { bodyMd5, type Message, type MessageExtra } from './queue/message.ts';
import type { Queue } from './queue/queue.ts';
import { oldestReady } from './queue/ready.ts';
import { drop } from './queue/release.ts';
import { nextSequenceNumber } from './queue/sequence-number.ts';
import { settle } from './queue/settle.ts';
import { servePollers } from './queue/take.ts';
import { TABLES } from './records.ts';
import { queueByArn, type SqsState } from './state.ts';

/** Tasks that are remembered for each queue, the running one included. */
const REMEMBERED = 10;
/** Messages moved in one go where no rate is set. */
const AT_ONCE = 500;
/** Pause between two goes where a rate is set; ms. */
const STEP = 100;

/** Begins to move the messages that can be received from a queue now. */
export function startTask(
  state: SqsState,
  source: Queue,
  destinationArn: string | undefined,
  maxPerSecond: number | undefined,
): MoveTask {
  const now = state.parts.clock.now();
  settle(state, source, now);
  const task: MoveTask = {
    id: randomUUID(),
    sourceArn: source.arn,
    destinationArn,
    maxPerSecond,
    status: 'RUNNING',
    moved: 0,
    toMove: source.visible,
    startedAt: now,
    failureReason: undefined,
    below: source.nextSeq,
  };
  const tasks = state.moveTasks.get(source.arn) ?? [];
  tasks.push(task);
  state.moveTasks.set(source.arn, tasks);
  for (const forgotten of tasks.splice(0, tasks.length - REMEMBERED)) {
    state.parts.journal.remove(TABLES.moveTasks, forgotten.id);
  }
  record(state, task);
  schedule(state, task, now);
  return task;
}

/** Stops a running task; what it has moved stays moved. */
export function cancelTask(state: SqsState, task: MoveTask): void {
  task.status = 'CANCELLING';
  record(state, task);
  // The task's own next step may be a second away.
  schedule(state, task, state.parts.clock.now());
}

/** Forgets the tasks of a queue that is deleted. */
export function forgetMoveTasks(state: SqsState, sourceArn: string): void {
  for (const task of state.moveTasks.get(sourceArn) ?? []) {
    state.parts.journal.remove(TABLES.moveTasks, task.id);
  }
  state.moveTasks.delete(sourceArn);
}

/** Takes up a task that the journal holds, where it was left. */
export function restoreMoveTask(state: SqsState, task: MoveTaskRecord): void {
  const tasks = state.moveTasks.get(task.sourceArn) ?? [];
  tasks.push(task);
  tasks.sort((a, b) => a.startedAt - b.startedAt);
  state.moveTasks.set(task.sourceArn, tasks);
  if (isActive(task)) schedule(state, task, state.parts.clock.now());
}

function record(state: SqsState, task: MoveTask): void {
  state.parts.journal.put(TABLES.moveTasks, task.id, { ...task });
}

function schedule(state: SqsState, task: MoveTask, time: number): void {
  state.parts.clock.schedule(time, () => step(state, task));
}

function step(state: SqsState, task: MoveTask): void {
  if (!isActive(task)) return;
  const { maxPerSecond: rate } = task;
  const now = state.parts.clock.now();
  const pause = rate === undefined ? 0 : Math.max(STEP, 1000 / rate);
  const batch = rate === undefined ? AT_ONCE : Math.max(1, Math.round((rate * pause) / 1000));
  const source = queueByArn(state, task.sourceArn);
  // The queue was deleted, and perhaps made again.
  if (source === undefined || !state.moveTasks.get(task.sourceArn)?.includes(task)) return;
  if (task.status === 'CANCELLING') {
    task.status = 'CANCELLED';
  } else {
    settle(state, source, now);
    for (let left = batch; left > 0 && task.status === 'RUNNING'; left -= 1) {
      moveOne(state, task, source, now);
    }
  }
  record(state, task);
  if (task.status === 'RUNNING') schedule(state, task, now + pause);
}

function moveOne(state: SqsState, task: MoveTask, source: Queue, now: number): void {
  const message = oldestReady(source);
  if (message === undefined || message.seq >= task.below) {
    task.status = 'COMPLETED';
    return;
  }
  const destinationArn = task.destinationArn ?? message.extra?.deadLetterSource;
  const destination = destinationArn === undefined ? undefined : queueByArn(state, destinationArn);
  if (destination === undefined) {
    task.status = 'FAILED';
    task.failureReason =
      destinationArn === undefined
        ? 'CouldNotDetermineMessageSource'
        : 'AWS.SimpleQueueService.NonExistentQueue';
    return;
  }
  move(state, source, destination, message, now);
  task.moved += 1;
}

/**
 * Puts a message into another queue as a new one: "redriven messages are considered new messages with a new messageID
 * and enqueueTime" (SQS Developer Guide, dead-letter queue redrive).
 */
function move(
  state: SqsState,
  source: Queue,
  destination: Queue,
  message: Message,
  now: number,
): void {
  const { groupId, deduplicationId, traceHeader } = message.extra ?? {};
  const extra: MessageExtra = {};
  if (groupId !== undefined) extra.groupId = groupId;
  if (traceHeader !== undefined) extra.traceHeader = traceHeader;
  if (destination.fifo) {
    extra.deduplicationId = deduplicationId ?? message.id;
    extra.sequenceNumber = nextSequenceNumber(destination, now);
  }
  const arrival = {
    id: flatUuid(),
    body: message.body,
    md5: bodyMd5(message),
    sentAt: now,
    sender: message.sender,
    attributes: message.attributes,
    extra: Object.keys(extra).length === 0 ? undefined : extra,
    receivableAt: 0,
    receiveCount: 0,
    firstReceivedAt: 0,
  };
  state.parts.trace.emit({
    kind: 'moved',
    time: now,
    account: source.account,
    region: source.region,
    messageId: message.id,
    queueArn: source.arn,
    destinationArn: destination.arn,
    newMessageId: arrival.id,
  });
  drop(state, source, message);
  place(state, destination, arrival, now);
  servePollers(state, destination, now);
}
