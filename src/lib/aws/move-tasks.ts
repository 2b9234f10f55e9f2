import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { call } from './call.ts';
import type { Aws } from './clients.ts';

/** A message move task of SQS. Counts are SQS's approximate ones. */
export interface MoveTask {
  /** There only while it runs. */
  readonly handle: string | undefined;
  /** `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`. */
  readonly status: string;
  readonly moved: number;
  /** Messages that it set out to move; undefined until it has begun. */
  readonly toMove: number | undefined;
  readonly failureReason: string | undefined;
  /** Milliseconds since the epoch; tells tasks of one queue apart. */
  readonly startedAt: number | undefined;
}

/**
 * Starts a task that moves a dead-letter queue's messages (`StartMessageMoveTask`).
 * @param options.destinationArn where to; unless given, each to the queue it came from.
 * @param options.rate messages a second, a whole number from 1 to 500.
 * @returns its handle. @throws AppError, also where the target has no such tasks.
 */
export async function startMoveTask(
  aws: Aws,
  options: {
    readonly sourceArn: string;
    readonly destinationArn: string | undefined;
    readonly rate: number | undefined;
  },
): Promise<string | undefined> {
  const { sourceArn, destinationArn, rate } = options;
  const { TaskHandle } = await call(aws, `start a move task on ${sourceArn}`, () =>
    aws.sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: sourceArn,
        ...(destinationArn === undefined ? {} : { DestinationArn: destinationArn }),
        ...(rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: rate }),
      }),
    ),
  );
  return TaskHandle;
}

/** The latest move task of a dead-letter queue (`ListMessageMoveTasks`); undefined where it has had none. */
export async function latestMoveTask(aws: Aws, sourceArn: string): Promise<MoveTask | undefined> {
  const { Results = [] } = await call(aws, `read the move tasks of ${sourceArn}`, () =>
    aws.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: sourceArn, MaxResults: 1 })),
  );
  const [task] = Results;
  return (
    task && {
      handle: task.TaskHandle,
      status: task.Status ?? '',
      moved: task.ApproximateNumberOfMessagesMoved ?? 0,
      toMove: task.ApproximateNumberOfMessagesToMove,
      failureReason: task.FailureReason,
      startedAt: task.StartedTimestamp,
    }
  );
}

/** Ends a running move task (`CancelMessageMoveTask`); what it has moved stays moved. */
export async function cancelMoveTask(aws: Aws, handle: string): Promise<void> {
  await call(aws, 'cancel a move task', () =>
    aws.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: handle })),
  );
}

/** URLs of the queues that have this one as their dead-letter queue (`ListDeadLetterSourceQueues`), the first 1,000. */
export async function sourceQueues(aws: Aws, url: string): Promise<readonly string[]> {
  const { queueUrls = [] } = await call(aws, `list the queues behind ${url}`, () =>
    aws.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url })),
  );
  return queueUrls;
}
