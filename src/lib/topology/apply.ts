import { isDeletedRecently } from '../aws/queues.ts';
import type { SubscriberSpec } from '../definition/topology.ts';
import type { Change, Resource } from './change.ts';
import { convergeDlq, convergePolicy, convergeQueue } from './converge-queue.ts';
import { convergeSubscription, convergeTopic } from './converge-topic.ts';
import { waitForNames } from './deleted-recently.ts';
import { removeStray } from './functions/remove-stray.ts';
import type { Observed, Place } from './inspect.ts';
import { createSteps, NotBegun } from './steps.ts';
import type { Work } from './work.ts';

/** What is told while changes are made. */
export type ApplyEvent =
  | { readonly kind: 'done'; readonly change: Change }
  | {
      readonly kind: 'waiting';
      /** Queues whose names aren't free yet. */
      readonly queues: readonly string[];
      /** Until they are, at most; 0 when it takes longer than AWS says. */
      readonly secondsLeft: number;
    };

/** How far it came. */
export interface Applied {
  readonly done: readonly Resource[];
  /** Whether an interrupt kept it from making all changes. */
  readonly interrupted: boolean;
}

/**
 * Makes a plan's changes: topics and dead-letter queues side by side, each queue after its dead-letter queue, each
 * subscription after its queue and that queue's policy, so that nothing is delivered to a queue that refuses it.
 * Every step can be repeated, so a run that is killed between two leaves nothing that the next can't finish.
 *
 * @param options.stop keeps further steps from beginning; those that run are finished.
 * @throws AppError of the first step that failed; steps that ran beside it are over by then.
 */
export async function apply(
  place: Place & { observed: Observed; changes: readonly Change[] },
  options: { stop?: AbortSignal | undefined; onEvent?: (event: ApplyEvent) => void } = {},
): Promise<Applied> {
  const { stop, onEvent = () => {} } = options;
  const wanted = ({ type, name, topic }: Resource): Change | undefined =>
    place.changes.find(
      (change) =>
        change.type === type &&
        change.name === name &&
        change.topic === topic &&
        change.action !== 'unchanged',
    );
  const steps = createSteps(stop, (resource) => {
    const change = wanted(resource);
    if (change) onEvent({ kind: 'done', change });
  });
  const freeNames = waitForNames(
    (queues, secondsLeft) => onEvent({ kind: 'waiting', queues, secondsLeft }),
    stop,
  );
  const work: Work = { ...place, steps, wanted, create: freeNames.until };
  const { topology } = place;
  const { functions } = place.observed;
  const { convergeFunctions } = functions ? await import('./functions/converge.ts') : {};
  const topics = new Map(topology.topics.map((spec) => [spec.key, convergeTopic(work, spec)]));
  const names = new Set(topology.subscribers.flatMap(({ dlq }) => dlq ?? []));
  const dlqs = new Map([...names].map((name) => [name, convergeDlq(work, name)]));
  const queues = new Map(
    topology.subscribers.map((spec) => [spec.queue, convergeSubscriber(work, spec, topics, dlqs)]),
  );
  const ofFunctions = functions ? (convergeFunctions?.({ ...work, functions }, queues) ?? []) : [];
  const strays = place.observed.strays.map((stray) => removeStray(work, stray));
  const all = [...topics.values(), ...dlqs.values(), ...queues.values(), ...ofFunctions, ...strays];
  try {
    await steps.all(all);
  } catch (error) {
    const unfinished = error instanceof NotBegun || isDeletedRecently(error);
    if (!stop?.aborted || !unfinished) throw error;
    return { done: steps.done, interrupted: true };
  }
  return { done: steps.done, interrupted: false };
}

/** Brings a subscriber's queue, its policy and its subscriptions to what they should be, in this order. @returns the queue's ARN. */
async function convergeSubscriber(
  work: Work,
  spec: SubscriberSpec,
  topics: ReadonlyMap<string, Promise<string>>,
  dlqs: ReadonlyMap<string, Promise<string>>,
): Promise<string> {
  const dlqArn = spec.dlq === undefined ? undefined : await dlqs.get(spec.dlq);
  const sources = await Promise.all(
    spec.subscriptions.map(async (subscription) => ({
      subscription,
      topicArn: (await topics.get(subscription.topic)) ?? '',
    })),
  );
  const topicArns = sources.map(({ topicArn }) => topicArn);
  const queueArn = await convergeQueue(work, spec, { dlqArn, topicArns });
  await convergePolicy(work, spec, topicArns);
  await Promise.all(
    sources.map(({ subscription, topicArn }) =>
      convergeSubscription(work, spec.queue, subscription, { topicArn, queueArn }),
    ),
  );
  return queueArn;
}
