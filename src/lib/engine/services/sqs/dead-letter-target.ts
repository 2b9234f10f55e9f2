import { invalidValue } from './errors.ts';
import type { Queue, RedrivePolicy } from './queue/queue.ts';
import { queueByArn, type SqsState } from './state.ts';

/**
 * Checks that a queue may have the dead-letter queue that its redrive policy names: it exists in the same region, is of
 * the same type, and its redrive allow policy lets the queue use it.
 *
 * @param text the policy as it was given, for the error
 * @throws ServiceError InvalidParameterValue
 */
export function checkDeadLetterTarget(
  state: SqsState,
  queue: Queue,
  redrive: RedrivePolicy | undefined,
  text: string | undefined,
): void {
  if (redrive === undefined) return;
  const refuse = (reason: string) => invalidValue(text ?? '', 'RedrivePolicy', reason);
  const target = queueByArn(state, redrive.deadLetterTargetArn);
  if (target === undefined || target.region !== queue.region) {
    throw refuse('Dead letter target does not exist');
  }
  if (target.fifo !== queue.fifo) {
    throw refuse('Dead-letter queue must be same type of queue as the source');
  }
  if (!allowsSource(target, queue)) {
    throw refuse('Queue specified in deadLetterTargetArn does not allow this queue as its source');
  }
}

/** Whether a dead-letter queue's `RedriveAllowPolicy` lets a queue use it. Without one, any of its account may. */
export function allowsSource(target: Queue, source: Queue): boolean {
  const { redriveAllow } = target.settings;
  if (redriveAllow === undefined) return true;
  if (redriveAllow.redrivePermission === 'byQueue') {
    return redriveAllow.sourceQueueArns.includes(source.arn);
  }
  return redriveAllow.redrivePermission === 'allowAll';
}

/** Queues that have this one as their dead-letter queue, by name. */
export function sourcesOf(state: SqsState, target: Queue): Queue[] {
  const sources: Queue[] = [];
  for (const queue of state.queues.values()) {
    if (queue.settings.redrive?.deadLetterTargetArn === target.arn) sources.push(queue);
  }
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1));
}
