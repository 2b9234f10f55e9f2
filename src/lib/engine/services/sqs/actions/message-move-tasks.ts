import type {
  CancelMessageMoveTaskRequest,
  CancelMessageMoveTaskResult,
  ListMessageMoveTasksRequest,
  ListMessageMoveTasksResult,
  ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskRequest,
  StartMessageMoveTaskResult,
} from '@aws-sdk/client-sqs';
import { MAX_MOVE_RATE } from '../../../../rules/limits.ts';
import { parseArn } from '../../../../rules/names.ts';
import type { Clock } from '../../../clock.ts';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { sourcesOf } from '../dead-letter-target.ts';
import { invalidParameter, invalidValue, missingParameter, resourceNotFound } from '../errors.ts';
import { isActive, type MoveTask, readTaskHandle, taskHandle } from '../move-task.ts';
import { cancelTask, startTask } from '../move-tasks.ts';
import type { Queue } from '../queue/queue.ts';
import { queueByArn } from '../state.ts';

const MAX_LISTED = 10;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export function startMessageMoveTask(
  input: StartMessageMoveTaskRequest,
  ctx: SqsContext,
): StartMessageMoveTaskResult {
  const { DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: rate } = input;
  const { state: sqs } = ctx;
  const source = queueOfArn(ctx, input.SourceArn, 'SourceArn');
  authorize(ctx, source, 'StartMessageMoveTask');
  if (sourcesOf(sqs, source).length === 0) {
    throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
  }
  if (destinationArn !== undefined) {
    const destination = queueOfArn(ctx, destinationArn, 'DestinationArn');
    if (destination === source) {
      throw invalidParameter('Source queue arn and destination queue arn must not be the same.');
    }
    if (destination.fifo !== source.fifo) {
      throw invalidParameter('Source queue and destination queue must be of the same type.');
    }
  }
  if (rate !== undefined && !(rate >= 1 && rate <= MAX_MOVE_RATE)) {
    throw invalidValue(
      rate,
      'MaxNumberOfMessagesPerSecond',
      `You must enter a value that is between 1 and ${MAX_MOVE_RATE}`,
    );
  }
  if (sqs.moveTasks.get(source.arn)?.some(isActive)) {
    throw invalidParameter(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
  }
  return { TaskHandle: taskHandle(startTask(sqs, source, destinationArn, rate)) };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
export function listMessageMoveTasks(
  input: ListMessageMoveTasksRequest,
  ctx: SqsContext,
): ListMessageMoveTasksResult {
  const { MaxResults: max = 1 } = input;
  const source = queueOfArn(ctx, input.SourceArn, 'SourceArn');
  authorize(ctx, source, 'ListMessageMoveTasks');
  if (!(max >= 1 && max <= MAX_LISTED)) {
    throw invalidValue(
      max,
      'MaxResults',
      `You must enter a value that is between 1 and ${MAX_LISTED}`,
    );
  }
  const tasks = (ctx.state.moveTasks.get(source.arn) ?? []).slice(-max).reverse();
  return tasks.length === 0 ? {} : { Results: tasks.map((task) => presentTask(task, ctx.clock)) };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html */
export function cancelMessageMoveTask(
  input: CancelMessageMoveTaskRequest,
  ctx: SqsContext,
): CancelMessageMoveTaskResult {
  const { TaskHandle: handle = '' } = input;
  const read = readTaskHandle(handle);
  if (read === undefined) throw invalidParameter('Value for parameter TaskHandle is invalid.');
  const { state: sqs } = ctx;
  const source = queueByArn(sqs, read.sourceArn);
  if (source === undefined) {
    throw resourceNotFound(
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    );
  }
  authorize(ctx, source, 'CancelMessageMoveTask');
  const task = sqs.moveTasks.get(source.arn)?.find(({ id }) => id === read.taskId);
  if (task === undefined) throw resourceNotFound('Task does not exist.');
  if (task.status !== 'RUNNING') throw invalidParameter('Only active tasks can be cancelled.');
  cancelTask(sqs, task);
  return { ApproximateNumberOfMessagesMoved: task.moved };
}

function presentTask(task: MoveTask, clock: Clock): ListMessageMoveTasksResultEntry {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: taskHandle(task) } : undefined),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? undefined : { DestinationArn: task.destinationArn }),
    ...(task.maxPerSecond === undefined
      ? undefined
      : { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason === undefined ? undefined : { FailureReason: task.failureReason }),
    StartedTimestamp: clock.timestamp(task.startedAt),
  };
}

function queueOfArn(ctx: SqsContext, arn: string | undefined, parameter: string): Queue {
  if (arn === undefined) throw missingParameter(parameter);
  if (parseArn(arn)?.service !== 'sqs') {
    throw invalidParameter(
      `You must use this format to specify the ${parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>`,
    );
  }
  const queue = queueByArn(ctx.state, arn);
  if (queue === undefined || queue.region !== ctx.region) {
    throw resourceNotFound(
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    );
  }
  return queue;
}
