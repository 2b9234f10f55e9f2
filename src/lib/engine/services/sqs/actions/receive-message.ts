import type {
  Message as ReceivedMessage,
  ReceiveMessageRequest,
  ReceiveMessageResult,
} from '@aws-sdk/client-sqs';
import {
  MAX_RECEIVE_MESSAGES,
  MAX_VISIBILITY_SECONDS,
  MAX_WAIT_SECONDS,
} from '../../../../rules/limits.ts';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { useKeyToReceive } from '../encryption.ts';
import { invalidValue, queueDoesNotExist, tooManyInFlight } from '../errors.ts';
import type { Message } from '../queue/message.ts';
import type { Poller } from '../queue/pollers.ts';
import type { Queue } from '../queue/queue.ts';
import type { ReceiveRequest } from '../queue/receive-request.ts';
import { inFlightLimit, take } from '../queue/take.ts';
import { findQueue } from '../queue-url.ts';
import { receiptHandle } from '../receipt-handle.ts';
import { checkAttemptId, rememberAttempt, repeatAttempt } from '../receive-attempts.ts';
import { present, type Selection, selectionOf } from '../received-message.ts';
import type { ReceiverTally } from '../receivers.ts';
import type { SqsState } from '../state.ts';

/**
 * Receives up to ten messages, and waits for the first one when it may. A receive whose client goes away while it
 * waits takes nothing. With the most messages in flight that a standard queue may have, a short poll is an error and a
 * long poll finds nothing; a FIFO queue gives none ("Amazon SQS message quotas").
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export function receiveMessage(
  input: ReceiveMessageRequest,
  ctx: SqsContext,
): ReceiveMessageResult | Promise<ReceiveMessageResult> {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'ReceiveMessage');
  useKeyToReceive(ctx, queue);
  const { state: sqs, clock } = ctx;
  const now = clock.now();
  const request = readRequest(queue, input, ctx, now);
  const attempt = queue.fifo ? input.ReceiveRequestAttemptId : undefined;
  if (attempt !== undefined) {
    checkAttemptId(attempt);
    const repeated = repeatAttempt(sqs, queue, attempt, request.visibilitySeconds, now);
    if (repeated !== undefined) {
      const { messages, handles } = repeated;
      return {
        Messages: messages.map((each, i) =>
          present(ctx.state, each, handles[i] ?? '', request.selection),
        ),
      };
    }
  }
  if (!queue.fifo && request.waitSeconds === 0 && queue.inFlight >= inFlightLimit(queue)) {
    throw tooManyInFlight();
  }
  const messages = take(sqs, queue, request, now);
  if (messages.length === 0 && request.waitSeconds > 0) {
    return wait(ctx, queue, request, attempt);
  }
  return answer(ctx.state, queue, messages, request, attempt, now);
}

interface Request extends ReceiveRequest {
  readonly waitSeconds: number;
  readonly selection: Selection;
  readonly receiver: ReceiverTally;
}

function readRequest(
  queue: Queue,
  input: ReceiveMessageRequest,
  { userAgent, connection }: SqsContext,
  now: number,
): Request {
  const { MaxNumberOfMessages: max = 1, VisibilityTimeout, WaitTimeSeconds } = input;
  if (!(max >= 1 && max <= MAX_RECEIVE_MESSAGES)) {
    throw invalidValue(
      max,
      'MaxNumberOfMessages',
      `Must be between 1 and ${MAX_RECEIVE_MESSAGES}, if provided`,
    );
  }
  const visibilitySeconds = VisibilityTimeout ?? queue.settings.visibilitySeconds;
  if (!(visibilitySeconds >= 0 && visibilitySeconds <= MAX_VISIBILITY_SECONDS)) {
    throw invalidValue(
      visibilitySeconds,
      'VisibilityTimeout',
      `Must be between 0 and ${MAX_VISIBILITY_SECONDS}, if provided`,
    );
  }
  const waitSeconds = WaitTimeSeconds ?? queue.settings.waitSeconds;
  if (!(waitSeconds >= 0 && waitSeconds <= MAX_WAIT_SECONDS)) {
    throw invalidValue(
      waitSeconds,
      'WaitTimeSeconds',
      `Must be >= 0 and <= ${MAX_WAIT_SECONDS}, if provided`,
    );
  }
  const receiver = queue.receivers.began(userAgent, now, connection);
  return {
    max,
    visibilitySeconds,
    userAgent,
    waitSeconds,
    selection: selectionOf(input),
    receiver,
  };
}

function wait(
  ctx: SqsContext,
  queue: Queue,
  request: Request,
  attempt: string | undefined,
): Promise<ReceiveMessageResult> {
  const { signal } = ctx;
  if (signal.aborted) return Promise.resolve({});
  const { clock } = ctx;
  return new Promise((resolve, reject) => {
    const end = () => {
      queue.pollers.delete(poller);
      deadline.cancel();
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = () => {
      end();
      resolve({});
    };
    const poller: Poller = {
      max: request.max,
      visibilitySeconds: request.visibilitySeconds,
      userAgent: request.userAgent,
      deliver(messages) {
        end();
        resolve(answer(ctx.state, queue, messages, request, attempt, clock.now()));
      },
      giveUp,
      abandon() {
        end();
        reject(queueDoesNotExist());
      },
    };
    const deadline = clock.schedule(clock.now() + request.waitSeconds * 1000, () => {
      countEmpty(ctx.state, queue);
      giveUp();
    });
    signal.addEventListener('abort', giveUp);
    queue.pollers.add(poller);
  });
}

function answer(
  state: SqsState,
  queue: Queue,
  messages: readonly Message[],
  request: Request,
  attempt: string | undefined,
  now: number,
): ReceiveMessageResult {
  if (messages.length === 0) {
    countEmpty(state, queue);
    return {};
  }
  request.receiver.took(messages.length, now);
  const handles: string[] = [];
  const presented: ReceivedMessage[] = [];
  for (const message of messages) {
    const handle = receiptHandle(queue, message, now);
    handles.push(handle);
    presented.push(present(state, message, handle, request.selection));
  }
  if (attempt !== undefined) rememberAttempt(queue, attempt, messages, handles, now);
  return { Messages: presented };
}

function countEmpty({ parts }: SqsState, { arn }: Queue): void {
  parts.meter.add(arn, 'NumberOfEmptyReceives');
}
