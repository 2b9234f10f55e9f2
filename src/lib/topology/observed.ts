import { chooseTopic } from '../definition/find.ts';
import type { TopicSpec, Topology } from '../definition/topology.ts';
import { parseArn } from '../rules/names.ts';
import type { Observed, ObservedQueue, ObservedSubscription, ObservedTopic } from './inspect.ts';

/** What was seen of a topic. @throws Error where nobody looked at it: every topic of the topology is. */
export function observedTopic(observed: Observed, key: string): ObservedTopic {
  const found = observed.topics.get(key);
  if (!found) throw new Error(`nobody looked at the topic ${key}`);
  return found;
}

/** The ARN of the only topic. @throws AppError `MissingTopic` where there are several; empty where it isn't known. */
export function topicArnIn(topology: Topology, observed: Observed): string {
  return observedTopic(observed, chooseTopic(topology, undefined).key).arn ?? '';
}

/** The subscription of a queue to one topic. */
export function findSubscription(
  observed: Observed,
  queue: string,
  topic: string,
): ObservedSubscription | undefined {
  const arn = observed.queues.get(queue)?.arn;
  return observedTopic(observed, topic).subscriptions.find(({ endpoint }) => endpoint === arn);
}

/** The ARN of a queue beside another one, in the same account and region. */
export function siblingArn(queue: Pick<ObservedQueue, 'arn'>, name: string): string {
  return `${queue.arn.slice(0, queue.arn.lastIndexOf(':') + 1)}${name}`;
}

/** Where a queue is or would be: as it was seen, or beside another queue or a topic of the topology's own account. */
export function queueArnOf(
  topology: Topology,
  observed: Observed,
  name: string,
): string | undefined {
  const found = observed.queues.get(name);
  if (found) return found.arn;
  const [other] = observed.queues.values();
  if (other) return siblingArn(other, name);
  const isOwn = ({ arn }: TopicSpec): boolean => arn === undefined;
  const own = topology.topics.filter(isOwn).map(({ key }) => observed.topics.get(key)?.arn);
  const beside = parseArn(own.find((arn) => arn !== undefined) ?? '');
  return beside && `arn:${beside.partition}:sqs:${beside.region}:${beside.account}:${name}`;
}
