import type { SubscriberSpec } from '../definition/topology.ts';
import type { Observed, ObservedQueue, ObservedSubscription } from './inspect.ts';

/** The topic's subscription of a subscriber's queue. */
export function findSubscription(
  observed: Observed,
  spec: SubscriberSpec,
): ObservedSubscription | undefined {
  const queue = observed.queues.get(spec.queue);
  return queue && observed.subscriptions.find(({ endpoint }) => endpoint === queue.arn);
}

/** The ARN of a queue beside another one, in the same account and region. */
export function siblingArn(queue: Pick<ObservedQueue, 'arn'>, name: string): string {
  return `${queue.arn.slice(0, queue.arn.lastIndexOf(':') + 1)}${name}`;
}
